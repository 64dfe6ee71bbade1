"""`/valuemap test`, the buttons and forms of tests, and the question when one is due."""

from bot.features.assumption_tests.blocks import ANOTHER_ACTION, TEST_MENU
from bot.features.assumption_tests.forms import CHANGE_FORM, DECISION_FORM, RESULT_FORM, START_FORM
from bot.features.assumption_tests.listeners import (
    open_another_form,
    open_change_form,
    open_decision_form,
    open_result_form,
    run_test_command,
    start_or_show_test,
    submit_change,
    submit_decision,
    submit_result,
    submit_start,
    undo_start,
)
from bot.features.assumption_tests.model import ASK_OWNER_JOB
from bot.features.assumption_tests.posting import ask_owner
from bot.features.assumption_tests.service import ask_for_due_results
from bot.features.feature import Feature
from bot.features.fit.next_step import TEST_ACTION
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "test",
            "[ENTRY]",
            "tests what you believe about an entry; alone: what runs, what is due, what was decided",
            run_test_command,
            order=88,
            group=HelpGroup.EVIDENCE,
        ),
    ),
    actions={TEST_ACTION: start_or_show_test, ANOTHER_ACTION: open_another_form},
    menus={
        TEST_MENU: {
            "record": open_result_form,
            "change": open_change_form,
            "undo": undo_start,
            "decide": open_decision_form,
        }
    },
    views={
        START_FORM: submit_start,
        CHANGE_FORM: submit_change,
        RESULT_FORM: submit_result,
        DECISION_FORM: submit_decision,
    },
    jobs={ASK_OWNER_JOB: ask_owner},
    each_tick=(ask_for_due_results,),
)
