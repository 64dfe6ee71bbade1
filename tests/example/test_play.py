"""The README's first command."""

from bot.example.workshop import play


async def test_the_example_ends_in_the_figures_that_its_data_give() -> None:
    shown = await play()
    assert "Fit 60 % (jobs 65 %, pains 55 %, gains 60 %)" in shown
    assert "important jobs addressed 4/5 · extreme pains relieved 2/4 · essential gains created 2/4" in shown
    assert "Fit digest: Duolingo" in shown
    assert "53 more cards in the thread" in shown
