/*
 * check_host() comes to a verdict whatever a zone says: it ends, within its limits, and the same
 * way whichever answer comes first.
 *
 * The input is lines. The first is the message: its address, local part, HELO and domain, with
 * spaces between them. Each other line stands in the zone, a letter first: T and P, any text as
 * TXT or as the name of a PTR record; A and 6, an address; M, an exchanger; C, a failure of this
 * question. Which name it stands at, a byte behind the letter says: one of those that the
 * evaluation asks for, in their order.
 */
#include "diag/exam.h"
#include "probes/spf/check.h"
#include "probes/spf/tree.h"

#include <stdlib.h>
#include <string.h>

enum {
    LINES_MOST = 256,
    ASKED_MOST = 1024,
    ROUNDS_MOST = 64,
    NAMES = 16 /* a question is for the line's name if their numbers agree modulo this */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* ---- the input ---- */

struct line {
    const char *text;
    size_t size;
};

static struct {
    struct line lines[LINES_MOST];
    size_t line_count;
    struct spf_message message;
    char words[4][512];
} input;

static void read_lines(const char *text, size_t size)
{
    input.line_count = 0;
    while (size > 0 && input.line_count < LINES_MOST) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) : size;

        input.lines[input.line_count++] = (struct line){text, length};
        length += end != NULL;
        text += length;
        size -= length;
    }
}

static void take_word(struct line *line, char *word, size_t room)
{
    const char *space = line->size ? memchr(line->text, ' ', line->size) : NULL;
    size_t size = space ? (size_t)(space - line->text) : line->size, taken = size;

    if (taken >= room)
        taken = room - 1;
    if (taken > 0)
        memcpy(word, line->text, taken);
    word[taken] = '\0';
    size += space != NULL;
    line->text += size;
    line->size -= size;
}

static void read_message(void)
{
    struct line line = {"", 0};

    if (input.line_count > 0)
        line = input.lines[0];
    for (size_t i = 0; i < 4; i++)
        take_word(&line, input.words[i], sizeof input.words[i]);
    memset(&input.message, 0, sizeof input.message);
    if (ip_parse(input.words[0], strlen(input.words[0]), &input.message.ip) != STATUS_OK)
        input.message.ip = (struct ip_address){.family = IP_V4, .bytes = {192, 0, 2, 1}};
    input.message.local = input.words[1];
    input.message.helo = input.words[2];
    input.message.domain = input.words[3][0] ? input.words[3] : "d.example";
}

/* ---- answers ---- */

static struct {
    struct evidence *asked[ASKED_MOST];
    size_t asked_count;
    unsigned rounds;
    unsigned questions;
} bench;

static unsigned name_number(const char *name)
{
    unsigned number = 0;

    for (; *name; name++)
        number = number * 31 + (unsigned char)*name;
    return number % NAMES;
}

static void add_text(struct dns_record *record, const struct line *line, struct arena *arena)
{
    struct dns_string *string = arena_new(arena, 1, sizeof *string);

    string->bytes = line->text;
    string->size = line->size;
    record->data.txt.strings = string;
    record->data.txt.count = 1;
}

/* Any bytes as a name of the DNS, dots between labels; false if they are none. */
static bool add_name(struct dns_record *record, const struct line *line, struct arena *arena)
{
    const char *text = arena_copy(arena, line->text, line->size);
    char *name = arena_new(arena, 1, DNS_NAME_TEXT_SIZE);
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    if (dns_name_to_wire(text, wire, &size) != STATUS_OK)
        return false;
    check(dns_name_from_wire(wire, size, name) == STATUS_OK);
    if (record->type == DNS_MX)
        record->data.mx.exchange = name;
    else
        record->data.name = name;
    return true;
}

static bool fill(struct dns_record *record, const struct line *line, struct arena *arena)
{
    switch (record->type) {
    case DNS_TXT:
        add_text(record, line, arena);
        return true;
    case DNS_PTR:
    case DNS_MX:
        return add_name(record, line, arena);
    default:
        return ip_parse(line->text, line->size, &record->data.ip) == STATUS_OK &&
               record->data.ip.family == (record->type == DNS_A ? IP_V4 : IP_V6);
    }
}

static uint16_t type_of(char letter)
{
    switch (letter) {
    case 'T':
        return DNS_TXT;
    case 'P':
        return DNS_PTR;
    case 'A':
        return DNS_A;
    case '6':
        return DNS_AAAA;
    case 'M':
        return DNS_MX;
    default:
        return 0;
    }
}

static void answer(struct evidence *item)
{
    struct dns_answer *dns = (struct dns_answer *)item;
    struct dns_record *records = arena_new(&item->memory, input.line_count + 1, sizeof *records);
    enum status status = STATUS_OK;

    dns->answer.records = records;
    for (size_t i = 1; i < input.line_count; i++) {
        struct line line = input.lines[i];
        struct dns_record *record = &records[dns->answer.count];

        if (line.size < 2 || (unsigned char)line.text[1] % NAMES != name_number(dns->name))
            continue;
        if (line.text[0] == 'C')
            status = STATUS_TIMED_OUT;
        record->type = type_of(line.text[0]);
        line.text += 2;
        line.size -= 2;
        if (record->type == dns->type && fill(record, &line, &item->memory))
            dns->answer.count++;
    }
    dns->rcode = dns->answer.count ? DNS_NOERROR : DNS_NXDOMAIN;
    item->took = 1;
    evidence_fail(item, status, NULL);
}

static void fetch(void *context, struct evidence *item)
{
    (void)context;
    check(bench.asked_count < ASKED_MOST);
    bench.asked[bench.asked_count++] = item;
    bench.questions++;
}

/* ---- evaluation ---- */

static void examine(struct examination *x, const struct subject *subject)
{
    struct spf_verdict *verdict = arena_new(pass_memory(x), 1, sizeof *verdict);

    (void)subject;
    if (spf_check_host(x, &input.message, NULL, verdict))
        set_result(x, verdict);
}

static const struct finding_kind kind = {.id = "kind", .title = "", .why = ""};
static const struct finding_kind *const kinds[] = {&kind, NULL};
static const struct probe probe = {.name = "check",
                                   .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                   .kinds = kinds,
                                   .examine = examine};
static const struct probe *const list[] = {&probe, NULL};

static void check_verdict(const struct spf_verdict *verdict)
{
    bool is_error = verdict->result == SPF_RESULT_NONE || verdict->result == SPF_RESULT_TEMPERROR ||
                    verdict->result == SPF_RESULT_PERMERROR;

    check(verdict->result < SPF_RESULT_COUNT);
    check(is_error == (verdict->reason != NULL));
    check(!is_error || !verdict->matched);
    check(verdict->lookups <= SPF_LOOKUPS_MOST + 1);
    check(verdict->lookups <= SPF_LOOKUPS_MOST || verdict->result == SPF_RESULT_PERMERROR);
    check(verdict->step_count <= SPF_STEPS_MOST);
    check(verdict->step_count == 0 || !input.message.brief);
    check(!verdict->explanation || verdict->result == SPF_RESULT_FAIL);
    if (verdict->matched)
        check(verdict->matched->matches && !verdict->matched->record->error);
    for (size_t i = 0; i < verdict->step_count; i++)
        check(verdict->steps[i].level <= SPF_LOOKUPS_MOST &&
              verdict->steps[i].lookups <= SPF_LOOKUPS_MOST);
}

static void work(struct exam *exam, bool one_by_one)
{
    bench.questions = 0;
    exam_work(exam, 0);
    for (bench.rounds = 0; bench.asked_count > 0; bench.rounds++) {
        size_t left = one_by_one ? bench.asked_count - 1 : 0;

        check(one_by_one || bench.rounds < ROUNDS_MOST);
        while (bench.asked_count > left) {
            struct evidence *item = bench.asked[--bench.asked_count];

            answer(item);
            exam_settled(exam, item, 0);
        }
        exam_work(exam, INT64_MAX / 2);
    }
}

static struct spf_verdict evaluate(bool one_by_one)
{
    static const struct net_address server = {.ip = {.family = IP_V4}};
    const struct settings settings = {.dns = &server, .dns_count = 1, .ports[SERVICE_DNS] = 53};
    struct evidence_store *store = evidence_store_new();
    const struct exam_options options = {.settings = &settings,
                                         .probes = list,
                                         .store = store,
                                         .absent = STATUS_NOT_RECORDED,
                                         .fetch = fetch};
    struct exam *exam = exam_new(&options);
    const struct spf_verdict *verdict;
    struct spf_verdict copy;

    exam_add_subject(exam, SUBJECT_DOMAIN, "d.example", "d.example", true);
    work(exam, one_by_one);
    verdict = exam_result(exam, &probe);
    check(verdict != NULL);
    check_verdict(verdict);
    copy = *verdict;
    exam_free(exam);
    evidence_store_free(store);
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct spf_verdict whole, brief;

    read_lines((const char *)data, size);
    read_message();
    whole = evaluate(false);
    input.message.brief = true;
    brief = evaluate(false);
    check(whole.result == brief.result && whole.lookups == brief.lookups &&
          whole.void_lookups == brief.void_lookups);
    if (whole.lookups <=
        SPF_LOOKUPS_MOST / 2) { /* else there may be more passes than an exam has */
        brief = evaluate(true);
        check(whole.result == brief.result && whole.lookups == brief.lookups);
    }
    return 0;
}
