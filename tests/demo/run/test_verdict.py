"""Who counts as fooled, and the sentence that says how many."""

from demo.run import verdict


def opinion(answer: str, votes: int = 0, draws: int = 1) -> verdict.Opinion:
    return verdict.Opinion(answer, ((answer, 1.0),), 0.5, votes, draws, votes / draws, votes / draws)


def finding(group: str, before: str, after: str, targeted: bool = False) -> verdict.Finding:
    juror = verdict.Juror("a", "A", group, "a", "#000000")
    return verdict.finding(juror, opinion(before), opinion(after), "Lion", targeted)


def test_the_sentence_counts_only_those_who_were_right_before() -> None:
    findings = [finding("surrogate", "Lion", "Bee"), finding("surrogate", "Lion", "Bee")]
    findings += [finding("held-out", "Lion", "Lion"), finding("held-out", "Bee", "Pizza")]
    findings += [finding("defended", "Bee", "Bee")]
    assert (
        verdict.sentence(findings)
        == "All 2 surrogates fooled · 0 of 1 held-out fooled · defended: all were wrong already"
    )
    assert "A, A" in verdict.uncounted(findings)


def test_who_abstained_before_does_not_count_and_was_not_wrong() -> None:
    undecided = finding("defended", verdict.ABSTAINS, "Bee")
    assert undecided.status == "undecided"
    assert verdict.sentence([undecided]) == "defended: none was right"
    assert verdict.uncounted([undecided]) == "Not counted, because they abstained before the attack: A."
    both = verdict.uncounted([undecided, finding("defended", "Bee", "Bee")])
    assert both.startswith("Not counted, because they were wrong before the attack: A. Not counted, because they abst")
    assert finding("defended", verdict.ABSTAINS, "Lion", targeted=True).status == "fooled"


def test_a_targeted_attack_counts_only_its_target() -> None:
    assert finding("held-out", "Bee", "Lion", targeted=True).status == "fooled"
    assert finding("held-out", "Bee", "Pizza", targeted=True).status == "holds"
    assert finding("held-out", "Lion", "Lion", targeted=True).status == "wrong"
