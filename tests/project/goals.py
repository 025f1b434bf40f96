"""What must hold, goal by goal, and for what is not reached the reason.

The names are those of tests' marks: `goal("G4")` holds a figure, `control("G4")` takes the guard
away and sees the loss. `python -m tests.project.security_report` prints both beside the aim.
"""

from dataclasses import dataclass

SOAK = "`make soak` (`HASHSVC_TEST_CRASHES=200`)"


@dataclass(frozen=True)
class Goal:
    """One line of the report."""

    words: str  # what must hold
    aim: str  # the whole figure
    loss: str  # what is taken away for the control
    long: str = ""  # how the long form is run; empty: there is one form only
    missing: str = ""  # what of the aim is not reached, and why


GOALS = {
    "G1": Goal(
        "A killed server or database loses nothing that it acknowledged, and doubles nothing.",
        "1,000 kills of workers, 200 of the database: 0 lost, 0 doubled",
        "commits that nobody waits for; an answer before its commit",
        SOAK,
        "The whole figure takes hours. The short form kills a few times at random moments.",
    ),
    "G2": Goal(
        "A power cut loses nothing that SQLite acknowledged.",
        "200 cuts in each mode: 0 lost, 0 corrupt",
        "SQLite told to flush less",
        SOAK,
        "A cut is simulated below SQLite: what was not flushed is gone. Torn and reordered writes,"
        " disks that lie about flushing and power cuts of PostgreSQL are not simulated.",
    ),
    "G3": Goal(
        "Whichever write or flush fails, nothing is acknowledged that is not there.",
        "EIO and ENOSPC at every write up to the 500th: 0 false acknowledgements",
        "a writer that swallows the error",
        SOAK,
        "A run of the test needs fewer writes than 500; it goes on until none is left to fail."
        " The short form takes every fifth. PostgreSQL's own writes are not made to fail.",
    ),
    "G4": Goal(
        "No question that begins after a withdrawal was acknowledged is answered with it.",
        "10^6 questions racing 10^4 withdrawals, 4 workers on 2 hosts: 0 late matches",
        "the store is not asked again before answering",
        "`HASHSVC_TEST_QUESTIONS=1000000`; `HASHSVC_TEST_CRASHES=50` in one process",
        "Hosts are servers with folders of their own on one machine; the network between them and"
        " the database is not cut.",
    ),
    "G5": Goal(
        "What was acknowledged is found by every worker that says it is ready.",
        "10^5 reports by 8 writers: 0 missed; visible within 1 s at p99, 5 s at most",
        "a follower that reads serial numbers; staleness by the time of day",
        SOAK,
        "Seconds are measured by `python -m benchmarks matchable`, not asserted in a test: two"
        " shared cores make no promise about time.",
    ),
    "G6": Goal(
        "A backup that is older than a withdrawal does not bring it back.",
        "0 resurrected",
        "tombstones are not replayed",
    ),
    "G7": Goal(
        "However reports come and go, every index answers as the plain scan does.",
        "10^4 sequences of 50 steps; equal at 30, 31, 32, 50, 51, 72 and 73 bits",
        "an index that is off by one bit",
        "`HASHSVC_TEST_SEQUENCES=10000`",
        "Above 31 bits the tables of a long list may miss a pair whose dHash is far, by design;"
        " `benchmarks/results/index.md` has the recall of pairs, `recall.md` that of photos.",
    ),
    "G8": Goal(
        "No request, however odd, breaks the server or its contract, or is echoed.",
        "50,000 requests made from the schema: 0 answers 5xx, 0 breaches, 0 secrets shown",
        "a fault that was planted is found",
        "`make fuzz` (`HASHSVC_TEST_REQUESTS=50000`, `HASHSVC_TEST_INPUTS=20000`)",
    ),
    "G9": Goal(
        "Every route answers every kind of caller as its row of the table says.",
        "all routes, all roles: 100 % asserted",
        "one guard is taken out",
    ),
    "G10": Goal(
        "No photo, archive or disk image ends a scan or is left out of its report.",
        "10,000 spoiled photos, 200 archives: 0 crashes, none longer than 5 s, all reported",
        "a decoder without a limit of memory",
        "`make fuzz` (`HASHSVC_TEST_HOSTILE_PHOTOS=10000`)",
        "Hostile archives and disk images have tests of their own, which are fewer than 200.",
    ),
    "G11": Goal(
        "No output of the service holds a hash, PIN, case number, address or file name.",
        "1,000 planted values in 6 encodings: 0 found in any output",
        "the framework's own answer to a bad request",
    ),
    "G12": Goal(
        "A row of the log that is altered, removed, moved or cut off is found and named.",
        "any of 10^4 rows: 100 % found, the first bad one named",
        "nobody outside kept a checkpoint: a cut tail is not seen",
        "`HASHSVC_TEST_AUDIT_ROWS=10000`",
        "A row that was never written is in no log: a service that copies what is typed leaves no"
        " trace. Witnesses outside exist as a command and a guide, not yet as people.",
    ),
    "G13": Goal(
        "A pack that is altered, old, expired, mixed or for somebody else is not opened.",
        "10^5 flipped bits, and every other forgery: 0 accepted",
        "one field that the signature does not cover",
        "`make fuzz` (`HASHSVC_TEST_FLIPS=100000`)",
    ),
    "G14": Goal(
        "PINs cannot be guessed faster than the rule says, and a guess does not tell whether the"
        " case exists.",
        "10^5 guesses by 4 workers: no more than the rule; Welch's t of 10^4 times each below 4.5",
        "attempts counted in each process's memory",
        "`make guess`",
        "The short form makes 500 guesses. Time is compared in the long form alone: a busy machine"
        " says nothing about it.",
    ),
    "G15": Goal(
        "The key that wraps all others is exchanged while the service answers.",
        "0 failed reads, the old key opens nothing; 10^6 data keys within 10 minutes",
        "a reader that lacks the new key",
        missing="How long a million data keys take depends on the machine, and is not asserted.",
    ),
    "G16": Goal(
        "Under ten times its load the service answers 2xx, 429 or 503, and stays up.",
        "open loop, p50, p99 and p99.9; nothing but 2xx, 429, 503",
        "a closed loop, which hides the queue",
        missing="Figures per core at ten million signatures stand in `benchmarks/results`; a shared"
        " machine of two cores, with the clients on it, is no place to promise them.",
    ),
    "G17": Goal(
        "Swapping the index again and again keeps nothing of the old one.",
        "24 h, 1,000 swaps: memory grows by less than 1 % an hour, descriptors by none",
        "a reader that keeps its view",
        "`python -m benchmarks soak` (1,000 swaps)",
        "No run of 24 hours. `benchmarks/results/soak.md`: 1,000 swaps grew memory by 0.76 %.",
    ),
    "G18": Goal(
        "Harmless photos do not answer as reported ones, and a flood of one suspends it.",
        "100,000 harmless photos: 0 `strong`; a flood of 10 % is suspended within 60 s",
        "no breaker",
        missing="No licence lets 100,000 photos lie here; unrelated signatures stand for them."
        " `benchmarks/results/robustness.md` counts false matches of real photos.",
    ),
    "G19": Goal(
        "Tests notice when code of authorisation, matching, log or sealing is changed.",
        "90 % of small changes noticed",
        "it is a control itself: each change must be noticed",
        "`make mutants`",
        "Counted by `make mutants`, outside of tests, since it takes an hour. `docs/mutants.md` has"
        " the figures, and names what survived.",
    ),
    "G20": Goal(
        "What is installed is pinned by digest, known, and built the same twice.",
        "all pinned, 0 known vulnerabilities, a bill of materials, equal builds",
        "a line without a digest; one changed byte",
        "`make audit`, `make sbom`",
        "Known vulnerabilities are asked of a service on the network by `make audit`, which no test"
        " can reach; it fails when it gets no answer. There is no published score of the"
        " repository, no signed provenance and no release yet.",
    ),
    "G21": Goal(
        "Private mode: a platform asks without showing its hash.",
        "recall and false candidates within one point of the table; vectors of RFC 9497",
        "a server with another key is caught",
        missing="Not built. It is a later, experimental stage, and no claim is made about it.",
    ),
    "G22": Goal(
        "The page keeps nothing, sends nothing but codes, and leaves no trace after the exit.",
        "0 bytes kept, 0 ways out, 0 bytes of a photo in any request",
        "planted bytes; a page without our policy",
        missing="Chromium and Firefox on Linux. Safari, WebRTC, extensions and keyboards are not"
        " tested; code can still leave by navigation, which no policy of the page forbids.",
    ),
    "T4": Goal(
        "Answers do not lead to a hash: neither from nothing nor from a near copy.",
        "10^6 random questions match nothing; who walks along the edge is stopped before 128 bits",
        "the alarm is off, or each of four workers counts alone: all 256 bits are won",
        "`HASHSVC_TEST_RANDOM_QUESTIONS=1000000`, `HASHSVC_TEST_COPIES=10000`",
        "Sixteen workers or more stop some bots late or not at all; who changes more bits at a"
        " time, or takes days, is not noticed. SECURITY.md, *What answers tell*.",
    ),
}
