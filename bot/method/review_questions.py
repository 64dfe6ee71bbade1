"""The questions of a fit review, by kind and category of the offer, as data."""

from bot.method.kinds import Kind

# The inner keys are categories; the questions under "" are for all offers of the kind.
REVIEW_QUESTIONS: dict[Kind, dict[str, tuple[str, ...]]] = {
    Kind.PAIN_RELIEVER: {
        "": (
            "Which of your customers feel that pain, and how often?",
            "What does the customer no longer have to do, pay or fear?",
            "Which part of that pain stays?",
            "How would the customer notice on the very first day?",
            "Which job gets done more easily without that pain?",
        ),
        "produces savings": (
            "What does it save: time, money or effort? How much of what the customer spends today?",
            "Is that saving large enough to change what the customer does?",
        ),
        "makes customers feel better": (
            "Which worry or annoyance ends, and how do you know that it bothers them?",
            "Does the bad feeling go for good, or does it come back the next time?",
        ),
        "eliminates risk": (
            "Which risk does it take away, and by how much?",
            "What would the customer still fear?",
        ),
        "eliminates obstacles": (
            "What kept the customer from starting, and does nothing keep them now?",
            "Who still cannot start, for lack of time, money or skill?",
        ),
        "makes things easier": (
            "Which step falls away, and which one only gets shorter?",
            "Which mistake does the customer no longer make?",
        ),
    },
    Kind.GAIN_CREATOR: {
        "": (
            "For which of your customers is it a gain, and for which is it none?",
            "How would the customer notice, and how would they measure it?",
            "Is it more than the customer takes for granted anyway?",
            "Which job goes better because of it?",
            "Would the customer miss it if it went away?",
        ),
        "produces unexpected outcomes": (
            "What would the customer never have asked for, and be glad of all the same?",
            "Does it surprise once, or is it of use every time?",
        ),
        "outperforms current solutions": (
            "In what is it better than what they use today, and by how much?",
            "Would the customer change over for that alone?",
        ),
        "creates positive social consequences": (
            "In whose eyes does the customer look better, and how much does that matter to them?",
            "Whom would they tell about it?",
        ),
        "fulfils a dream": (
            "Which dream comes true, and whose words are that: the customer's or yours?",
            "How much nearer does it bring the customer to that dream?",
        ),
        "makes work or life easier": (
            "What gets easier, how often does it happen, and how much does it spare?",
            "What will the customer do with the time or strength that it leaves them?",
        ),
    },
}


def pick_review_question(kind: Kind, category: str | None, entry_id: int) -> str:
    """Return a question about an offer: one for its category, else one for all offers of its kind.

    The entry's id selects it, so that the same offer always gets the same question.
    """
    by_category = REVIEW_QUESTIONS[kind]
    questions = by_category.get(category or "", by_category[""])
    return questions[entry_id % len(questions)]
