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
    submit_delete,
    submit_edit,
    submit_merge,
    suggest_merge_targets,
    suggest_products,
    undo_addition,
    undo_deletion,
    undo_deletion_here,
)
from bot.features.entries.model import OLD_CARD_JOB, REVISION_JOB
from bot.features.entries.service import post_revision, update_old_card
from bot.features.feature import Feature
from bot.method.kinds import KIND_BY_NAME
from bot.slack.incoming.commands import Command, HelpGroup

DELETE_WORDS = ("delete", "remove", "del", "rm")
EDIT_WORDS = ("edit", "change", "move", "merge")

FEATURE = Feature(
    commands=(
        Command(
            "add",
            "[KIND: text]",
            "adds entries, in a form or at once, one a line",
            add_entries,
            order=20,
            group=HelpGroup.GATHER,
        ),
    ),
    advice={
        **dict.fromkeys(
            DELETE_WORDS, "Delete an entry with ⋯ on its card, and a canvas with `/valuemap canvases`."
        ),
        **dict.fromkeys(EDIT_WORDS, "Edit, move or merge an entry with ⋯ on its card."),
        "undo": "*Undo* stands in the answer to what you did, and on the card of a deleted entry.",
    },
    synonyms={name: f"add {kind.spec.singular}" for name, kind in KIND_BY_NAME.items()},
    actions={
        "add_anyway": add_anyway,
        forms.KIND_ACTION_ID: change_kind,
        "undo": undo_deletion,
        "undo_add": undo_addition,
        "undo_here": undo_deletion_here,
    },
    menus={ENTRY_MENU: {"edit": open_edit_form, "merge": open_merge_form, "delete": delete_entry}},
    views={
        forms.ADD_CALLBACK_ID: submit_add,
        forms.EDIT_CALLBACK_ID: submit_edit,
        forms.MERGE_CALLBACK_ID: submit_merge,
        forms.DELETE_CALLBACK_ID: submit_delete,
    },
    shortcuts={"add_message": open_message_form},
    options={forms.PRODUCTS_ACTION_ID: suggest_products, forms.TARGET_ACTION_ID: suggest_merge_targets},
    jobs={OLD_CARD_JOB: update_old_card, REVISION_JOB: post_revision},
    guess_command=guess_add_command,
)
