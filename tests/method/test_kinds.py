from collections import Counter
from dataclasses import replace

import pytest

from bot.method.kinds import (
    KIND_SPECS,
    NEED_KINDS,
    OFFER_KINDS,
    OTHER,
    PRODUCT_KINDS,
    Kind,
    Role,
    Side,
    find_kind,
    suggest_kind,
)
from bot.method.review_questions import REVIEW_QUESTIONS, pick_review_question

NAMES = {
    Kind.JOB: ["job", "jobs"],
    Kind.PAIN: ["pain", "pains"],
    Kind.GAIN: ["gain", "gains"],
    Kind.PRODUCT: ["product", "products", "service", "services", "products & services"],
    Kind.PAIN_RELIEVER: ["reliever", "relievers", "pain reliever", "pain relievers", "pain_reliever"],
    Kind.GAIN_CREATOR: ["creator", "creators", "gain creator", "gain creators", "gain_creator"],
}
NAMES_AND_KINDS = [(name, kind) for kind, names in NAMES.items() for name in names]

CATEGORIES = {
    Kind.JOB: ("functional", "social", "emotional", "supporting"),
    Kind.PAIN: ("undesired outcome", "obstacle", "risk"),
    Kind.GAIN: ("required", "expected", "desired", "unexpected"),
    Kind.PRODUCT: ("physical/tangible", "intangible", "digital", "financial"),
    Kind.PAIN_RELIEVER: (
        "produces savings",
        "makes customers feel better",
        "eliminates risk",
        "eliminates obstacles",
        "makes things easier",
    ),
    Kind.GAIN_CREATOR: (
        "produces unexpected outcomes",
        "outperforms current solutions",
        "creates positive social consequences",
        "fulfils a dream",
        "makes work or life easier",
    ),
}


@pytest.mark.parametrize(("name", "kind"), NAMES_AND_KINDS)
def test_a_kind_goes_by_its_usual_names(name: str, kind: Kind) -> None:
    assert find_kind(name) is kind


@pytest.mark.parametrize(("name", "kind"), NAMES_AND_KINDS)
def test_case_and_spacing_of_a_name_do_not_matter(name: str, kind: Kind) -> None:
    written = (name.upper(), name.title(), f"  {name}\t", name.replace(" ", "   "), name.replace(" ", "-"))
    assert {find_kind(each) for each in written} == {kind}


@pytest.mark.parametrize("name", ["", " ", "jo", "painful", "relief", "value map", "customer profile"])
def test_an_unknown_name_is_no_kind(name: str) -> None:
    assert find_kind(name) is None


def test_no_two_kinds_share_a_name() -> None:
    names = Counter(
        name
        for kind, spec in KIND_SPECS.items()
        for name in {kind.value, spec.singular, spec.plural, *spec.aliases}
    )
    assert [name for name, kinds in names.items() if kinds > 1] == []


def test_every_name_of_a_kind_can_be_typed() -> None:
    for kind, spec in KIND_SPECS.items():
        for name in (kind.value, spec.singular, spec.plural, *spec.aliases):
            assert find_kind(name) is kind, name


def test_every_kind_has_its_data() -> None:
    assert {kind: kind.spec for kind in Kind} == KIND_SPECS


@pytest.mark.parametrize("kind", Kind)
def test_categories_are_those_of_the_table(kind: Kind) -> None:
    assert kind.spec.categories == CATEGORIES[kind]


def test_other_is_no_category_of_any_kind() -> None:
    assert OTHER == "other"
    assert not any(OTHER in spec.categories for spec in KIND_SPECS.values())


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_four_different_questions_at_least(kind: Kind) -> None:
    questions = kind.spec.trigger_questions
    assert len(set(questions)) == len(questions) >= 4
    assert all(question.endswith("?") for question in questions)


@pytest.mark.parametrize(
    ("kind", "description"),
    [
        (Kind.JOB, "what the customer tries to get done"),
        (Kind.PAIN, "what annoys, blocks or puts the customer at risk"),
        (Kind.GAIN, "an outcome or benefit that the customer wants"),
        (Kind.PRODUCT, "one thing that the team offers"),
        (Kind.PAIN_RELIEVER, "how exactly an offer alleviates customer pains"),
        (Kind.GAIN_CREATOR, "how exactly an offer creates customer gains"),
    ],
)
def test_the_description_of_a_kind_is_the_method_s_wording(kind: Kind, description: str) -> None:
    assert kind.spec.description == description


@pytest.mark.parametrize(
    ("kind", "top", "bottom"),
    [
        (Kind.JOB, "important", "insignificant"),
        (Kind.PAIN, "extreme", "moderate"),
        (Kind.GAIN, "essential", "nice to have"),
        (Kind.PRODUCT, "essential", "nice to have"),
        (Kind.PAIN_RELIEVER, "essential", "nice to have"),
        (Kind.GAIN_CREATOR, "essential", "nice to have"),
    ],
)
def test_each_box_has_its_own_scale(kind: Kind, top: str, bottom: str) -> None:
    assert (kind.spec.scale_top, kind.spec.scale_bottom) == (top, bottom)


def test_the_two_sides_have_three_boxes_each() -> None:
    value_map = {kind for kind in Kind if kind.spec.side is Side.VALUE}
    assert value_map == {Kind.PRODUCT, Kind.PAIN_RELIEVER, Kind.GAIN_CREATOR}


def test_needs_and_offers_are_the_kinds_of_the_method() -> None:
    assert NEED_KINDS == (Kind.JOB, Kind.PAIN, Kind.GAIN)
    assert OFFER_KINDS == (Kind.PAIN_RELIEVER, Kind.GAIN_CREATOR)
    assert [kind for kind in Kind if kind.is_need] == list(NEED_KINDS)
    assert [kind for kind in Kind if kind.is_offer] == list(OFFER_KINDS)


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_exactly_the_data_of_its_role(kind: Kind) -> None:
    assert kind.role is kind.spec.role
    assert (kind.spec.need is not None) is (kind.role is Role.NEED) is kind.is_need
    assert (kind.spec.offer is not None) is (kind.role is Role.OFFER) is kind.is_offer
    assert kind.is_product is (kind.role is Role.PRODUCT)
    assert kind.is_required is (kind.role is not Role.CONTEXT)
    if kind.is_need:
        assert kind.need_spec.offer_kind in OFFER_KINDS
        assert kind.need_spec.offer_question.endswith("?")
    if kind.is_offer:
        assert kind.offer_spec.main_need_kind in NEED_KINDS


@pytest.mark.parametrize("kind", Kind)
def test_the_data_of_another_role_is_an_error(kind: Kind) -> None:
    if not kind.is_need:
        with pytest.raises(ValueError, match=kind.spec.plural):
            _ = kind.need_spec
    if not kind.is_offer:
        with pytest.raises(ValueError, match=kind.spec.plural):
            _ = kind.offer_spec


def test_every_role_but_context_has_its_kinds_in_order() -> None:
    by_role = {role: tuple(kind for kind in Kind if kind.role is role) for role in Role}
    assert by_role[Role.NEED] == NEED_KINDS
    assert by_role[Role.OFFER] == OFFER_KINDS
    assert by_role[Role.PRODUCT] == PRODUCT_KINDS == (Kind.PRODUCT,)


def test_review_questions_exist_for_every_kind_of_offer() -> None:
    assert tuple(REVIEW_QUESTIONS) == OFFER_KINDS


def test_a_narrow_button_has_the_last_word_of_the_name() -> None:
    assert [kind.spec.short_name for kind in Kind] == [
        "job",
        "pain",
        "gain",
        "product",
        "reliever",
        "creator",
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pian", Kind.PAIN),
        ("Painz", Kind.PAIN),
        ("gian creater", Kind.GAIN_CREATOR),
        ("prodcuts", Kind.PRODUCT),
        ("job", Kind.JOB),
        ("weather", None),
        ("", None),
        ("pain" + 60 * "n", None),
    ],
)
def test_a_mistyped_kind_is_suggested(name: str, kind: Kind | None) -> None:
    assert suggest_kind(name) is kind


def test_the_article_fits_the_name() -> None:
    assert Kind.PAIN.spec.singular_with_article == "a pain"
    assert replace(Kind.PAIN.spec, singular="obstacle").singular_with_article == "an obstacle"


def test_the_counts_of_must_haves_have_the_method_s_wording() -> None:
    counts = [f"{kind.need_spec.must_have_plural} {kind.need_spec.served_verb}" for kind in NEED_KINDS]
    assert counts == ["important jobs addressed", "extreme pains relieved", "essential gains created"]


@pytest.mark.parametrize("kind", OFFER_KINDS)
def test_a_review_has_questions_for_every_category_and_for_any_offer(kind: Kind) -> None:
    assert set(REVIEW_QUESTIONS[kind]) == {"", *kind.spec.categories}
    questions = [question for questions in REVIEW_QUESTIONS[kind].values() for question in questions]
    assert len(set(questions)) == len(questions)
    assert all(question.endswith("?") for question in questions)


@pytest.mark.parametrize("kind", OFFER_KINDS)
@pytest.mark.parametrize("entry_id", range(12))
def test_an_offer_always_gets_the_same_question_for_its_category(kind: Kind, entry_id: int) -> None:
    for category in (None, OTHER, "of another kind", *kind.spec.categories):
        picked = pick_review_question(kind, category, entry_id)
        assert picked == pick_review_question(kind, category, entry_id)
        assert picked in REVIEW_QUESTIONS[kind].get(category or "", REVIEW_QUESTIONS[kind][""])


def test_different_offers_get_different_questions() -> None:
    picked = {pick_review_question(Kind.PAIN_RELIEVER, "eliminates risk", entry_id) for entry_id in range(10)}
    assert picked == {*REVIEW_QUESTIONS[Kind.PAIN_RELIEVER]["eliminates risk"]}
