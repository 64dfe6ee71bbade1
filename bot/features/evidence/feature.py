"""`/valuemap evidence` and `risks`, the shortcut *Add as evidence*, and the menu of an item."""

from bot.features.evidence.blocks import ADD_ACTION, EVIDENCE_MENU, SHOW_ACTION, UNDO_ACTION
from bot.features.evidence.forms import EVIDENCE_CANVAS, EVIDENCE_FORM
from bot.features.evidence.listeners import (
    change_canvas,
    delete_item,
    edit_item,
    open_form,
    open_message_form,
    show_entry_evidence,
    show_evidence,
    show_risks,
    submit_form,
    suggest_entries,
    undo_deletion,
    unlink_item,
)
from bot.features.evidence.model import CONTRADICTS, SUPPORTS
from bot.features.feature import Feature
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "evidence",
            "[ENTRY]",
            "what customers said, told, did or paid; add to it",
            show_evidence,
            order=85,
            group=HelpGroup.EVIDENCE,
        ),
        Command(
            "risks",
            "",
            "what is refuted, and the riskiest assumptions",
            show_risks,
            order=87,
            group=HelpGroup.EVIDENCE,
        ),
    ),
    actions={
        ADD_ACTION: open_form,
        SHOW_ACTION: show_entry_evidence,
        UNDO_ACTION: undo_deletion,
        EVIDENCE_CANVAS: change_canvas,
    },
    menus={EVIDENCE_MENU: {"edit": edit_item, "delete": delete_item, "unlink": unlink_item}},
    views={EVIDENCE_FORM: submit_form},
    shortcuts={"add_evidence": open_message_form},
    options={SUPPORTS: suggest_entries, CONTRADICTS: suggest_entries},
)
