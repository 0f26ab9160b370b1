"""Nothing is said to be fixed that was not looked at: all recorded runs, with one answer less."""

import concurrent.futures
import itertools

from harness import *

MOST = 60  # answers of a run; larger ones take long and are made of the same
QUESTION = ("key", "time", "took_ms", "name", "type", "server", "tries", "address", "server_name", "patience_ms", "timeout_ms")


def recorded():
    for path in sorted((ROOT / "tests/scenario").glob("*/evidence.jsonl")):
        try:
            items = [json.loads(line) for line in path.read_text(errors="replace").splitlines()]
        except ValueError:
            continue  # damaged on purpose
        if len(items) <= MOST:
            yield path, items


def silenced(item):
    """The same question, to which no answer came."""
    item = {name: value for name, value in item.items() if name in QUESTION or name == "exchanges"}
    item["status"] = "timeout"
    if "exchanges" in item:
        item["exchanges"] = [{"step": "connect", "began_ms": 0.0, "ended_ms": 10000.0, "status": "timeout"}]
    return item


def said_to_be_fixed(old, new):
    command = [EXDIAG, "diff", old, new, "--format", "json"]
    result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=DEADLINE)
    past = json.loads(result.stdout).get("past", [])
    return [one["id"] for one in past if one["state"] == "fixed"]


def of_run(place, path, items, how):
    """What is false of a run, a month later and without one answer after the other."""
    later = json.loads(re.sub(r'"2026-11-(\d\d)T', r'"2026-12-\1T', json.dumps(items)))
    new, wrong, tried = place / path.parent.name, [], 0
    for index, item in enumerate(later):
        if "key" not in item:
            continue
        less = later[:index] + how(item) + later[index + 1 :]
        new.write_text("".join(json.dumps(one) + "\n" for one in less))
        wrong += [f"{path.parent.name} without {item['key']}: {id}" for id in said_to_be_fixed(path, new)]
        tried += 1
    return wrong, tried


def hunt(how):
    with folder() as place, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda run: of_run(place, *run, how), recorded()))
    expect(sum(tried for _, tried in results) > 1000, "hardly anything was tried")
    wrong = list(itertools.chain.from_iterable(wrong for wrong, _ in results))
    expect(not wrong, f"{len(wrong)} said to be fixed: {wrong[:5]}")


@case
def what_does_not_answer_is_not_fixed():
    hunt(lambda item: [silenced(item)])


@case
def what_is_not_in_the_evidence_is_not_fixed():
    hunt(lambda item: [])


@case
def other_ports_do_not_compare():
    stall = ROOT / "tests/scenario/mx-stall/evidence.jsonl"
    with folder() as place:
        text = re.sub(r'"2026-11-(\d\d)T', r'"2026-12-\1T', stall.read_text())
        expect_in('"deep":true', text, "the settings")
        (place / "new").write_text(text.replace('"deep":true', '"deep":true,"smtp_port":2525', 1))
        report = exdiag("diff", stall, place / "new", "--format", "json").report
        expect_equal({one["state"] for one in report["past"]}, {"not-comparable"}, "states")
        expect_in("--port", report["past"][0]["why"], "why")


main()
