"""Entries: `/valuemap add`, its shortcut, and the menu on a card that edits, merges and deletes."""

from bot.features.cards.blocks import ENTRY_MENU
from bot.features.entries import forms
from bot.features.entries.drafts import guess_add_command
from bot.features.entries.listeners import (
    add_anyway,
    add_entries,
    change_kind,
    delete_entry,
    open_edit_form,
    open_merge_form,
    open_message_form,
    submit_add,
    submit_edit,
    submit_merge,
    suggest_merge_targets,
    suggest_products,
    undo_deletion,
)
from bot.features.entries.model import OLD_CARD_JOB, REVISION_JOB
from bot.features.entries.service import post_revision, update_old_card
from bot.features.feature import Feature
from bot.slack.incoming.commands import Command

FEATURE = Feature(
    commands=(
        Command(
            "add",
            "[KIND: text]",
            "adds an entry: in a form, or at once; several lines or `;` add several",
            add_entries,
            order=20,
        ),
    ),
    actions={
        "add_anyway": add_anyway,
        forms.KIND_ACTION_ID: change_kind,
        "undo": undo_deletion,
    },
    menus={ENTRY_MENU: {"edit": open_edit_form, "merge": open_merge_form, "delete": delete_entry}},
    views={
        forms.ADD_CALLBACK_ID: submit_add,
        forms.EDIT_CALLBACK_ID: submit_edit,
        forms.MERGE_CALLBACK_ID: submit_merge,
    },
    shortcuts={"add_message": open_message_form},
    options={forms.PRODUCTS_ACTION_ID: suggest_products, forms.TARGET_ACTION_ID: suggest_merge_targets},
    jobs={OLD_CARD_JOB: update_old_card, REVISION_JOB: post_revision},
    guess_command=guess_add_command,
)
