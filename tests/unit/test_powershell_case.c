/* Whose a file is: what it explains, and at which server it is told. */
#include "diag/verdict.h"
#include "tests/unit/iis.h"
#include "tests/unit/probe_bench.h"

extern const struct probe probe_powershell;

#define VDIR     "powershell-vdir-500"
#define PATH     "kerbauth-path"
#define MANAGED  "kerbauth-managed"
#define SETTINGS "powershell-vdir-settings"
#define SICK     "faults/kerbauth-path/applicationHost.config"
#define WELL     "2019/applicationHost.config"
#define SERVER   "ex01.contoso.com"

/* ---- the world ---- */

enum { FILES_MOST = 1400 };

static struct file {
    const char *path;    /* that of a log ends with ".log" */
    const char *host;    /* the user's word; or NULL */
    const char *said;    /* what the file says of itself; or NULL */
    const char *text;    /* of a configuration: one of tests/iis, or the text itself */
} files[FILES_MOST + 1]; /* ended by a path of NULL */

static const char *asked = SERVER;
static const char *at_hand;  /* the configuration of the machine at hand; NULL: it is another */
static const char *nodes[3]; /* who answers at 192.0.2.1 and behind it with 500; NULL: nobody */

static const struct file *file_at(const char *path)
{
    const struct file *file = files;

    while (file->path && strcmp(file->path, path) != 0)
        file++;
    assert_non_null(file->path);
    return file;
}

static bool is_log(const struct file *file)
{
    return !file->text;
}

/* Nothing but failures. */
static void answer_log(struct http_log_digest *digest)
{
    static const struct http_log_row failing = {.place = HTTP_PLACE_POWERSHELL,
                                                .status = 500,
                                                .substatus = 0,
                                                .count = 60,
                                                .first = {1, 60001},
                                                .last = {60, 3600001}};

    digest->log = (struct http_log){.type = FILE_TYPE_IIS_LOG,
                                    .server = file_at(digest->path)->said,
                                    .rows = &failing,
                                    .row_count = 1};
}

static void answer_config(struct iis_config_file *item)
{
    const struct file *file = file_at(item->path);

    item->config = *file->text == '<' ? config_of(file->text) : config_of_file(file->text);
    if (file->said)
        item->config.server = file->said;
}

static void answer_dns(struct dns_answer *item)
{
    struct dns_record *records = arena_new(&item->evidence.memory, 3, sizeof *records);
    size_t count = 0;

    for (; nodes[count] && item->type == DNS_A; count++) {
        char text[] = "192.0.2.1";

        text[sizeof text - 2] = (char)('1' + count);
        records[count] = (struct dns_record){.owner = item->name, .type = DNS_A, .ttl = 300};
        assert_int_equal(ip_parse(text, strlen(text), &records[count].data.ip), STATUS_OK);
    }
    item->answer.records = records;
    item->answer.count = count;
}

/* All of Exchange's pages beside the directory are served. */
static void answer_web(struct web_exchange *item)
{
    char ip[IP_TEXT_SIZE];
    const char *node;

    ip_format(&item->address.ip, ip);
    node = nodes[ip[strlen(ip) - 1] - '1'];
    item->code = strcmp(item->path, "/PowerShell/") != 0 ? 200 : *node == '+' ? 401 : 500;
    item->fields = arena_new(&item->evidence.memory, 1, sizeof *item->fields);
    item->fields[0] = (struct web_field){"X-FEServer", node + (*node == '+')};
    item->field_count = *node != '\0';
}

static void answer(struct evidence *item)
{
    enum status status = STATUS_OK;

    if (item->kind == &evidence_digest)
        ((struct file_digest *)item)->type = is_log(file_at(((struct file_digest *)item)->path))
                                                 ? FILE_TYPE_IIS_LOG
                                                 : FILE_TYPE_IIS_CONFIG;
    else if (item->kind == &evidence_http_log)
        answer_log((struct http_log_digest *)item);
    else if (item->kind == &evidence_iis_config && *((struct iis_config_file *)item)->path)
        answer_config((struct iis_config_file *)item);
    else if (item->kind == &evidence_iis_config && at_hand &&
             !*((struct iis_config_file *)item)->place)
        ((struct iis_config_file *)item)->config = config_of_file(at_hand);
    else if (item->kind == &evidence_machine && at_hand)
        ((struct machine_identity *)item)->name = SERVER;
    else if (item->kind == &evidence_dns)
        answer_dns((struct dns_answer *)item);
    else if (item->kind == &evidence_web)
        answer_web((struct web_exchange *)item);
    else
        status = STATUS_NOT_FOUND;
    evidence_fail(item, status, NULL);
}

static struct arena verdict_memory;

/* So that each finding has what explains it. */
static void conclude(void)
{
    const struct run run = {.store = bench.store, .exam = bench.exam};
    struct report report;

    verdict(&run, 1, NULL, &verdict_memory, &report);
}

static void examine(void)
{
    bench_begin(&probe_powershell);
    for (const struct file *file = files; file->path; file++) {
        const struct subject subject = {.kind = SUBJECT_FILE,
                                        .name = file->path,
                                        .shown = file->path,
                                        .given = true,
                                        .host = file->host};

        exam_add_given(bench.exam, &subject);
    }
    if (nodes[0])
        bench_add(SUBJECT_SERVER, asked);
    bench_work(answer);
    conclude();
}

static void end(void)
{
    bench_end();
    arena_release(&verdict_memory);
}

static void finish(void)
{
    end();
    memset(files, 0, sizeof files);
    memset(nodes, 0, sizeof nodes);
    asked = SERVER;
    at_hand = NULL;
}

static const char *word(const char *subject, const char *id)
{
    return word_of(finding_of(subject, id, NULL));
}

static bool is_explained(const char *subject, const char *cause)
{
    const struct finding *finding = finding_of(subject, VDIR, NULL);

    assert_string_equal(word_of(finding), "critical");
    for (size_t i = 0; i < finding->explained_by_count; i++) {
        if (strcmp(finding->explained_by[i]->kind->id, cause) == 0)
            return true;
    }
    assert_int_equal(finding->explained_by_count, 0);
    return false;
}

#define FRONT(kerbauth)                                                                            \
    "<configuration><appSettings><add key='HttpProxy.ProtocolType' value='PowerShell'/>"           \
    "</appSettings><system.webServer><modules>" kerbauth                                           \
    "</modules></system.webServer></configuration>"
#define FRONT_WELL    FRONT("<add name='kerbauth'/>")
#define FRONT_MANAGED FRONT("<add name='kerbauth' type='A.B'/>")
#define BACK          "2019/ClientAccess/PowerShell-Proxy/web.config"

/* ---- folders ---- */

/* Of two servers the configuration of one alone was got: it tells nothing of the other. */
static void test_configuration_of_one_of_two(void **state)
{
    static const char *const hosts[] = {NULL, "EX01"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        files[0] = (struct file){"m/EX01/applicationHost.config", hosts[i], NULL, SICK};
        files[1] = (struct file){.path = "m/EX02/u_ex.log"};
        examine();
        assert_string_equal(word("m/EX01/applicationHost.config", PATH), "critical");
        assert_null(finding_of("m/EX01/applicationHost.config", VDIR, NULL));
        assert_false(is_explained("m/EX02/u_ex.log", PATH));
        finish();
    }
}

/* Beside it, below it, and above it. */
static void test_folder_of_one(void **state)
{
    static const char *const paths[][2] = {
        {"m/applicationHost.config", "m/u_ex.log"},
        {"m/applicationHost.config", "m/logs/W3SVC1/u_ex.log"},
        {"m/config/applicationHost.config", "m/u_ex.log"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        files[0] = (struct file){.path = paths[i][0], .text = SICK};
        files[1] = (struct file){.path = paths[i][1]};
        examine();
        assert_true(is_explained(paths[i][0], PATH));
        assert_null(finding_of(paths[i][1], VDIR, NULL));
        finish();
    }
}

/* Side by side, though no configuration is there, and one of them alone says a name. */
static void test_logs_of_one_folder(void **state)
{
    (void)state;
    files[0] = (struct file){.path = "m/EX01/1.log"};
    files[1] = (struct file){.path = "m/EX01/2.log", .said = "EX01"};
    files[2] = (struct file){.path = "m/EX02/1.log"};
    examine();
    assert_false(is_explained("m/EX01/1.log", PATH));
    assert_false(is_explained("m/EX02/1.log", PATH));
    assert_int_equal(bench.finding_count, 2);
    finish();
}

/* What lies above two configurations is of neither. */
static void test_log_above_two(void **state)
{
    (void)state;
    files[0] = (struct file){.path = "m/EX01/applicationHost.config", .text = SICK};
    files[1] = (struct file){.path = "m/EX02/applicationHost.config", .text = WELL};
    files[2] = (struct file){.path = "m/u_ex.log"};
    examine();
    assert_false(is_explained("m/u_ex.log", PATH));
    assert_null(finding_of("m/EX01/applicationHost.config", VDIR, NULL));
    finish();
}

/* The user's word joins what lies apart, and parts what lies together. */
static void test_word_of_the_user(void **state)
{
    (void)state;
    files[0] = (struct file){"a/applicationHost.config", "EX01", NULL, SICK};
    files[1] = (struct file){.path = "b/u_ex.log", .host = "ex01.contoso.com"};
    examine();
    assert_true(is_explained("a/applicationHost.config", PATH));
    finish();
    files[0] = (struct file){"a/applicationHost.config", "EX01", NULL, SICK};
    files[1] = (struct file){.path = "a/u_ex.log", .host = "EX02"};
    examine();
    assert_false(is_explained("a/u_ex.log", PATH));
    assert_null(finding_of("a/applicationHost.config", VDIR, NULL));
    finish();
}

/* Files of two servers in one folder: each tells of the server that it names, or of nobody. */
static void test_flat_folder_of_two(void **state)
{
    (void)state;
    files[0] = (struct file){.path = "m/applicationHost.config", .text = SICK};
    files[1] = (struct file){.path = "m/one.log", .said = "EX01"};
    files[2] = (struct file){.path = "m/two.log", .said = "EX02"};
    examine();
    assert_string_equal(word("m/applicationHost.config", PATH), "critical");
    assert_null(finding_of("m/applicationHost.config", VDIR, NULL));
    assert_false(is_explained("m/one.log", PATH));
    assert_false(is_explained("m/two.log", PATH));
    finish();
    files[0] = (struct file){.path = "m/EX01-applicationHost.config", .text = SICK};
    files[1] = (struct file){.path = "m/EX02-applicationHost.config", .text = WELL};
    files[2] = (struct file){.path = "m/u_ex.log"};
    examine();
    assert_false(is_explained("m/u_ex.log", PATH));
    finish();
}

/* Two configurations of one machine, as before and after a repair: neither goes without a word. */
static void test_two_of_one_machine(void **state)
{
    static const char *const paths[] = {"m/after.config", "m/before.config"};

    (void)state;
    for (size_t sick = 0; sick < 2; sick++) {
        files[0] = (struct file){paths[0], "EX01", NULL, sick == 0 ? SICK : WELL};
        files[1] = (struct file){paths[1], "EX01", NULL, sick == 1 ? SICK : WELL};
        examine();
        assert_string_equal(word(paths[sick], PATH), "critical");
        assert_string_equal(word(paths[!sick], PATH), "ok");
        assert_non_null(finding_of(paths[0], SETTINGS, "2 configurations of IIS"));
        assert_null(finding_of(paths[1], SETTINGS, "2 configurations of IIS"));
        end();
        nodes[0] = "EX01";
        examine();
        assert_string_equal(word_of(finding_of(SERVER, PATH, "Exchange does not have it")),
                            "critical");
        assert_true(is_explained(SERVER, PATH));
        assert_non_null(finding_of(SERVER, SETTINGS, "2 configurations of IIS"));
        finish();
    }
}

/* What lies beside each is its own, although the user's word is the same for all. */
static void test_folders_of_one_machine(void **state)
{
    (void)state;
    files[0] = (struct file){"m/1/applicationHost.config", "EX01", NULL, WELL};
    files[1] = (struct file){"m/1/front/web.config", "EX01", NULL, FRONT_WELL};
    files[2] = (struct file){"m/2/applicationHost.config", "EX01", NULL, WELL};
    files[3] = (struct file){"m/2/front/web.config", "EX01", NULL, FRONT_MANAGED};
    examine();
    assert_string_equal(word("m/1/applicationHost.config", MANAGED), "ok");
    assert_string_equal(word("m/2/applicationHost.config", MANAGED), "critical");
    finish();
}

/* ---- what is run again ---- */

/* What is fetched is joined with the server, which is asked as it was before. */
static void test_run_again(void **state)
{
    static const char *const names[] = {SERVER, "EX01"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const struct finding *finding;
        const struct step *step;

        asked = names[i % 2];
        nodes[0] = "EX01";
        files[0] = (struct file){"m/applicationHost.config", asked, NULL, WELL};
        bench.settings.authenticate = i > 1;
        examine();
        finding = finding_of(asked, VDIR, NULL);
        step = step_of(&finding->fix, "--only clock,powershell");
        assert_non_null(step);
        assert_int_equal(strstr(step->command, " --authenticate") != NULL, i > 1);
        assert_int_equal(strstr(step->note, "with the same identity") != NULL, i > 1);
        step = step_of(&finding->verify, "--only clock,powershell");
        assert_non_null(step);
        assert_int_equal(strstr(step->command, " --authenticate") != NULL, i > 1);
        assert_int_equal(strstr(step->note, "with the same identity") != NULL, i > 1);
        bench.settings.authenticate = false;
        finish();
    }
}

/* ---- a web.config ---- */

/* It names another server, by itself or against the user's word: it is judged by itself. */
static void test_web_config_of_another(void **state)
{
    static const struct {
        const char *host, *own, *path, *web_host, *said;
    } cases[] = {
        {NULL, "EX01", "EX02/front.config", NULL, "EX02"},
        {NULL, "EX01", "EX01/front.config", NULL, "EX02"},
        {"EX01", NULL, "EX01/front.config", NULL, "EX02"},
        {NULL, NULL, "EX02/front.config", NULL, NULL},
        {"EX01", NULL, "EX01/front.config", "EX02", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        files[0] = (struct file){"EX01/applicationHost.config", cases[i].host, NULL, WELL};
        files[1] = (struct file){cases[i].path, cases[i].web_host, cases[i].said, FRONT_MANAGED};
        if (cases[i].own)
            files[2] = (struct file){"EX01/back.config", cases[i].host, cases[i].own, BACK};
        examine();
        assert_string_equal(word("EX01/applicationHost.config", MANAGED), "unknown");
        assert_string_equal(word(cases[i].path, MANAGED), "critical");
        finish();
    }
}

/* By the same name, by the user's word, or without any that is against it. */
static void test_web_config_of_its_own(void **state)
{
    static const struct {
        const char *host, *own, *web_host, *said;
    } cases[] = {
        {NULL, "EX01", NULL, "EX01.contoso.com"},
        {"EX01", "EX01", NULL, "ex01"},
        {"EX01", "EX01", "EX01", "EX02"},
        {NULL, "EX01", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        files[0] = (struct file){"m/applicationHost.config", cases[i].host, NULL, WELL};
        files[1] = (struct file){"m/front.config", cases[i].web_host, cases[i].said, FRONT_MANAGED};
        files[2] = (struct file){"m/back.config", cases[i].host, cases[i].own, BACK};
        examine();
        assert_string_equal(word("m/applicationHost.config", MANAGED), "critical");
        assert_null(finding_of("m/front.config", MANAGED, NULL));
        finish();
    }
}

/* ---- a server that is asked ---- */

/* Who fails is by its name another: what files of the one that was asked show is no cause there. */
static void test_another_answers(void **state)
{
    static const struct {
        const char *nodes[3];
        bool is_explained;
    } cases[] = {
        {{"EX01"}, true},          {{""}, true},
        {{"EX02"}, false},         {{"EX02", "EX01"}, true},
        {{"EX02", ""}, true},      {{"", "EX02"}, true},
        {{"EX02", "EX03"}, false}, {{"+EX01", "EX02"}, false},
        {{"EX01", "+EX02"}, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memcpy(nodes, cases[i].nodes, sizeof nodes);
        files[0] = (struct file){"a/applicationHost.config", "EX01", NULL, SICK};
        examine();
        assert_string_equal(word(SERVER, PATH), "critical");
        assert_int_equal(is_explained(SERVER, PATH), cases[i].is_explained);
        assert_int_equal(saw_it(finding_of(SERVER, VDIR, NULL), "collect on EX02") ||
                             saw_it(finding_of(SERVER, VDIR, NULL), "collect on EX03"),
                         !cases[i].is_explained);
        assert_int_equal(
            saw_it(finding_of(SERVER, VDIR, NULL), "found yet. Not looked at: the clock, "),
            !cases[i].is_explained);
        finish();
    }
}

/* A name that several have is whose the files say. */
static void test_name_of_several(void **state)
{
    (void)state;
    nodes[0] = "EX02";
    files[0] = (struct file){"a/applicationHost.config", SERVER, NULL, SICK};
    files[1] = (struct file){"a/front.config", SERVER, "EX02", FRONT_WELL};
    examine();
    assert_true(is_explained(SERVER, PATH));
    finish();
}

/* An address is no name that could be another's; nor may the machine at hand be another. */
static void test_who_answers_is_whom_files_are_of(void **state)
{
    (void)state;
    asked = "192.0.2.1";
    nodes[0] = "EX02";
    files[0] = (struct file){"a/applicationHost.config", asked, NULL, SICK};
    examine();
    assert_true(is_explained(asked, PATH));
    finish();
    nodes[0] = "EX02";
    at_hand = SICK;
    examine();
    assert_true(is_explained(SERVER, PATH));
    finish();
}

/* Without an applicationHost.config its web.config is judged all the same; no other's is. */
static void test_web_config_of_whom_is_asked(void **state)
{
    static const char *const texts[] = {FRONT_WELL, FRONT_MANAGED};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        nodes[0] = "EX01";
        files[0] = (struct file){.path = "a/front.config", .said = "EX01", .text = texts[i]};
        files[1] = (struct file){.path = "b/front.config", .said = "EX02", .text = FRONT_MANAGED};
        examine();
        assert_int_equal(is_explained(SERVER, MANAGED), i);
        assert_string_equal(word("b/front.config", MANAGED), "critical");
        assert_null(finding_of("a/front.config", MANAGED, NULL));
        finish();
    }
}

/* ---- many files ---- */

/* The broken configuration is found behind all others. */
static void test_many_files(void **state)
{
    enum { COUNT = 1325 };
    static char names[COUNT][24];

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "a/%04u.log", (unsigned)i);
        files[i] = (struct file){.path = names[i]};
    }
    files[COUNT - 1].text = SICK;
    examine();
    assert_true(is_explained(names[COUNT - 1], PATH));
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_configuration_of_one_of_two),
        cmocka_unit_test(test_folder_of_one),
        cmocka_unit_test(test_logs_of_one_folder),
        cmocka_unit_test(test_log_above_two),
        cmocka_unit_test(test_word_of_the_user),
        cmocka_unit_test(test_flat_folder_of_two),
        cmocka_unit_test(test_two_of_one_machine),
        cmocka_unit_test(test_folders_of_one_machine),
        cmocka_unit_test(test_run_again),
        cmocka_unit_test(test_web_config_of_another),
        cmocka_unit_test(test_web_config_of_its_own),
        cmocka_unit_test(test_another_answers),
        cmocka_unit_test(test_name_of_several),
        cmocka_unit_test(test_who_answers_is_whom_files_are_of),
        cmocka_unit_test(test_web_config_of_whom_is_asked),
        cmocka_unit_test(test_many_files),
    };

    return cmocka_run_group_tests(tests, NULL, forget_configs);
}
