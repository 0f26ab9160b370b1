/* The values of a registry key as evidence: read from exports, kept exactly, redacted. */
#include "diag/evidence/redact.h"
#include "diag/evidence/registry.h"
#include "diag/gather/registry.h"
#include "diag/platform.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HKLM   "HKEY_LOCAL_MACHINE\\"
#define SYSTEM HKLM "SYSTEM\\ControlSet001\\"
#define LSA    "SYSTEM\\CurrentControlSet\\Control\\Lsa"
#define MSV    LSA "\\MSV1_0"

static const char file_path[] = EXDIAG_BINARY "/test_evidence_registry.data";

/* BackConnectionHostNames: mail.contoso.com, ex1 */
#define NAMES                                                                                      \
    "hex(7):6d,00,61,00,69,00,6c,00,2e,00,63,00,6f,00,6e,00,\\\r\n"                                \
    "  74,00,6f,00,73,00,6f,00,2e,00,63,00,6f,00,6d,00,00,00,65,00,78,00,31,00,00,00,00,00"

static const char export_text[] = "Windows Registry Editor Version 5.00\r\n\r\n"
                                  "[" SYSTEM "Control\\ComputerName\\ActiveComputerName]\r\n"
                                  "\"ComputerName\"=\"EX1\"\r\n\r\n"
                                  "[" SYSTEM "Control\\Lsa]\r\n"
                                  "\"DisableLoopbackCheck\"=dword:00000001\r\n"
                                  "\"Notification Packages\"=hex(7):73,00,00,00,00,00\r\n"
                                  "\"Bounds\"=hex:00,30,00,00\r\n"
                                  "\"LsaPid\"=hex(b):01,00,00,00,00,00,00,80\r\n"
                                  "\"ProductType\"=hex(b):02,00,00,00,00,00,00,00\r\n"
                                  "\"Owner\"=\"Contoso Ltd\"\r\n\r\n"
                                  "[" SYSTEM "Control\\Lsa\\MSV1_0]\r\n"
                                  "\"BackConnectionHostNames\"=" NAMES "\r\n\r\n"
                                  "[" SYSTEM "Services\\Tcpip\\Parameters]\r\n"
                                  "\"Domain\"=\"contoso.com\"\r\n"
                                  "\"Hostname\"=\"EX1\"\r\n";

static const char query_text[] =
    "\r\n" HKLM LSA "\r\n"
    "    DisableLoopbackCheck    REG_DWORD    0x1\r\n"
    "    Bounds    REG_BINARY    0030000000200000\r\n\r\n" HKLM MSV "\r\n"
    "    BackConnectionHostNames    REG_MULTI_SZ    "
    "mail.contoso.com\\0ex1\r\n";

/* As `width` bytes a character, with a byte order mark where it is 2. */
static void write_file(const char *text, size_t width)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    if (width == 2)
        fwrite("\xff\xfe", 1, 2, file);
    for (; *text; text++)
        fwrite((const char[]){*text, 0}, 1, width, file);
    assert_int_equal(fclose(file), 0);
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

static struct registry_answer *gathered(const char *path, const char *key)
{
    struct registry_answer question = {.path = path, .key = key};
    struct evidence *item = evidence_new(&evidence_registry, &question.evidence);

    gather_registry(item);
    assert_true(item->settled);
    item->key = "registry x";
    return (struct registry_answer *)item;
}

static void expect_names(const struct registry_answer *answer)
{
    const struct registry_value *value = registry_answer_value(answer, "backconnectionhostnames");

    assert_int_equal(answer->evidence.status, STATUS_OK);
    assert_int_equal(answer->value_count, 1);
    assert_non_null(value);
    assert_int_equal(value->type, REGISTRY_MULTI_SZ);
    assert_int_equal(value->list_count, 2);
    assert_string_equal(value->list[0], "mail.contoso.com");
    assert_string_equal(value->list[1], "ex1");
    assert_string_equal(value->key, HKLM MSV);
    assert_null(registry_answer_value(answer, "DisableLoopbackCheck"));
}

/* An export of any encoding: the key's own values, whoever's it is, and that nothing is missing. */
static void test_export(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 2; width++) {
        struct registry_answer *answer;

        write_file(export_text, width);
        answer = gathered(file_path, MSV);
        expect_names(answer);
        assert_true(answer->is_whole);
        assert_false(answer->more);
        assert_string_equal(answer->computer, "EX1.contoso.com");
        evidence_free(&answer->evidence);
        answer = gathered(file_path, "system\\controlset001\\control\\LSA");
        assert_int_equal(answer->value_count, 6);
        assert_int_equal(registry_answer_value(answer, "DisableLoopbackCheck")->number, 1);
        assert_int_equal(registry_answer_value(answer, "Bounds")->size, 4);
        assert_null(registry_answer_value(answer, "BackConnectionHostNames"));
        evidence_free(&answer->evidence);
    }
}

/* reg query says the same, but may have been asked for one value. */
static void test_query(void **state)
{
    struct registry_answer *answer;

    (void)state;
    write_file(query_text, 1);
    answer = gathered(file_path, MSV);
    expect_names(answer);
    assert_false(answer->is_whole);
    assert_null(answer->computer);
    evidence_free(&answer->evidence);
    answer = gathered(file_path, LSA);
    assert_int_equal(answer->value_count, 1);
    evidence_free(&answer->evidence);
    answer = gathered(file_path, "SOFTWARE\\X");
    assert_int_equal(answer->evidence.status, STATUS_NOT_FOUND);
    assert_false(answer->is_whole);
    evidence_free(&answer->evidence);
}

static char *computer_of(const char *text)
{
    struct registry_answer *answer;
    char *computer;

    write_file(text, 1);
    answer = gathered(file_path, "SYSTEM\\X");
    computer = answer->computer ? strdup(answer->computer) : NULL;
    evidence_free(&answer->evidence);
    return computer;
}

/* Whose it is: by its full name, by what it is called now, by what it will be; or it is not told.
 */
static void test_computer(void **state)
{
#define HEAD   "Windows Registry Editor Version 5.00\r\n\r\n"
#define NAMED  "[" HKLM "SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\r\n"
#define ACTIVE "[" HKLM "SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ActiveComputerName]\r\n"
#define TCPIP  "[" HKLM "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\r\n"
    static const char *const cases[][2] = {
        {HEAD NAMED "\"ComputerName\"=\"NEW\"\r\n", "NEW"},
        {HEAD NAMED "\"ComputerName\"=\"NEW\"\r\n" ACTIVE "\"ComputerName\"=\"OLD\"\r\n", "OLD"},
        {HEAD ACTIVE "\"ComputerName\"=\"OLD\"\r\n" TCPIP "\"Hostname\"=\"ex1\"\r\n", "ex1"},
        {HEAD TCPIP "\"Hostname\"=\"ex1\"\r\n\"Domain\"=\"\"\r\n", "ex1"},
        {HEAD TCPIP "\"Hostname\"=\"ex1\"\r\n\"Domain\"=\"a.b\"\r\n", "ex1.a.b"},
        {HEAD TCPIP "\"Hostname\"=dword:00000001\r\n\"Domain\"=\"a.b\"\r\n", NULL},
        {HEAD TCPIP "\"Domain\"=\"a.b\"\r\n", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *computer = computer_of(cases[i][0]);

        if (cases[i][1])
            assert_string_equal(computer, cases[i][1]);
        else
            assert_null(computer);
        free(computer);
    }
}

/* A key that is not in an export does not exist where one above it is; else nobody knows. */
static void test_absent(void **state)
{
    struct registry_answer *answer;

    (void)state;
    write_file(export_text, 1);
    answer = gathered(file_path, LSA "\\Kerberos");
    assert_int_equal(answer->evidence.status, STATUS_NOT_FOUND);
    assert_true(answer->is_whole);
    evidence_free(&answer->evidence);
    answer = gathered(file_path, "SOFTWARE\\Microsoft");
    assert_int_equal(answer->evidence.status, STATUS_NOT_FOUND);
    assert_false(answer->is_whole);
    assert_non_null(answer->evidence.reason);
    evidence_free(&answer->evidence);
    write_file(HEAD "[-" HKLM LSA "]\r\n[" HKLM LSA "\\MSV1_0\\x]\r\n\"a\"=\"b\"\r\n", 1);
    answer = gathered(file_path, MSV);
    assert_int_equal(answer->evidence.status, STATUS_OK);
    assert_int_equal(answer->value_count, 0);
    assert_false(answer->is_whole);
    evidence_free(&answer->evidence);
    write_file(HEAD "[-" HKLM MSV "]\r\n", 1);
    answer = gathered(file_path, MSV);
    assert_int_equal(answer->evidence.status, STATUS_NOT_FOUND);
    assert_false(answer->is_whole);
    evidence_free(&answer->evidence);
}

static void ignore_value(void *context, const char *key, const char *name, uint32_t type,
                         const void *bytes, size_t size)
{
    (void)context;
    (void)key;
    (void)name;
    (void)type;
    (void)bytes;
    (void)size;
}

/* What is none, no file or a folder is said to be so. */
static void test_refusals(void **state)
{
    static const struct {
        const char *text, *path;
        enum status status;
    } cases[] = {
        {"hello\n", file_path, STATUS_INVALID},
        {"", file_path, STATUS_INVALID},
        {"", EXDIAG_BINARY, STATUS_INVALID},
        {"", EXDIAG_BINARY "/no such file", STATUS_NOT_FOUND},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct registry_answer *answer;

        write_file(cases[i].text, 1);
        answer = gathered(cases[i].path, MSV);
        assert_int_equal(answer->evidence.status, cases[i].status);
        assert_int_equal(answer->value_count, 0);
        assert_false(answer->is_whole);
        evidence_free(&answer->evidence);
    }
}

/* The machine's own is asked where there is one. */
static void test_own_registry(void **state)
{
    struct registry_answer *answer = gathered("", MSV);
    enum status asked = platform_registry_walk("", "SOFTWARE", ignore_value, NULL);

    (void)state;
    assert_int_equal(answer->evidence.status,
                     asked == STATUS_NOT_SUPPORTED ? STATUS_NOT_SUPPORTED : STATUS_OK);
    evidence_free(&answer->evidence);
}

/* An export that ends anywhere has what comes before that. */
static void test_cut_off(void **state)
{
    char *copy = strdup(export_text);

    (void)state;
    for (size_t size = strlen(copy); size > 40; size--) {
        struct registry_answer *answer;

        copy[size] = '\0';
        write_file(copy, 1);
        answer = gathered(file_path, LSA);
        assert_true(answer->value_count <= 6);
        assert_true(answer->evidence.status == STATUS_OK ||
                    answer->evidence.status == STATUS_NOT_FOUND);
        evidence_free(&answer->evidence);
    }
    free(copy);
}

/* More values, or larger ones, than there is room for are left out, and that is said. */
static void test_limits(void **state)
{
    struct registry_answer *answer;
    struct buffer text;

    (void)state;
    buffer_init(&text, 4 << 20);
    buffer_add_string(&text, HEAD "[" HKLM MSV "]\r\n");
    for (unsigned i = 0; i < REGISTRY_ANSWER_MOST; i++)
        buffer_print(&text, "\"n%u\"=dword:%08x\r\n", i, i);
    write_file(text.text, 1);
    answer = gathered(file_path, MSV);
    assert_int_equal(answer->value_count, REGISTRY_ANSWER_MOST);
    assert_false(answer->more);
    evidence_free(&answer->evidence);
    buffer_add_string(&text, "\"last\"=dword:00000001\r\n");
    write_file(text.text, 1);
    answer = gathered(file_path, MSV);
    assert_int_equal(answer->value_count, REGISTRY_ANSWER_MOST);
    assert_true(answer->more);
    evidence_free(&answer->evidence);
    buffer_clear(&text);
    buffer_add_string(&text, HEAD "[" HKLM MSV "]\r\n");
    for (unsigned i = 0; i < 40; i++)
        buffer_print(&text, "\"n%u\"=\"%030000d\"\r\n", i, 1);
    write_file(text.text, 1);
    answer = gathered(file_path, MSV);
    assert_int_equal(answer->value_count, REGISTRY_ANSWER_BYTES_MOST / 30003);
    assert_true(answer->more);
    evidence_free(&answer->evidence);
    buffer_clear(&text);
    buffer_add_string(&text, HEAD "[" HKLM MSV "]\r\n\"a\"=hex:00");
    for (unsigned i = 0; i < REGISTRY_VALUE_MOST; i++)
        buffer_add_string(&text, ",00");
    buffer_add_string(&text, "\r\n\"b\"=dword:00000001\r\n");
    write_file(text.text, 1);
    answer = gathered(file_path, MSV);
    assert_int_equal(answer->value_count, 1);
    assert_true(answer->more);
    evidence_free(&answer->evidence);
    buffer_release(&text);
}

/* However much there is below a key, its own values are there. */
static void test_keys_below(void **state)
{
    struct registry_answer *answer;
    struct buffer text;

    (void)state;
    buffer_init(&text, 4 << 20);
    buffer_add_string(&text, HEAD "[" HKLM LSA "\\Below]\r\n");
    for (unsigned i = 0; i <= REGISTRY_VALUES_MOST; i++)
        buffer_print(&text, "\"n%u\"=dword:%08x\r\n", i, i);
    buffer_add_string(&text, "[" HKLM LSA "]\r\n\"b\"=dword:00000001\r\n");
    write_file(text.text, 1);
    answer = gathered(file_path, LSA);
    assert_int_equal(answer->value_count, 1);
    assert_false(answer->more);
    evidence_free(&answer->evidence);
    buffer_release(&text);
}

static struct registry_answer *reloaded(struct evidence_store *store,
                                        const struct registry_answer *answer)
{
    json_t *object = evidence_to_json(&answer->evidence);
    struct registry_answer question = {.path = answer->path,
                                       .key = "system\\CURRENTCONTROLSET\\Control\\Lsa"};
    struct evidence *item;

    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    item = evidence_store_find(store, &evidence_registry, &question.evidence);
    assert_non_null(item);
    return (struct registry_answer *)item;
}

/* Everything there is comes back from a file as it was; the key in any case is one question. */
static void test_round_trip(void **state)
{
    struct evidence_store *store = evidence_store_new(), *again = evidence_store_new();
    struct registry_answer *answer, *first, *second;
    json_t *one, *two;

    (void)state;
    write_file(export_text, 1);
    answer = gathered(file_path, LSA);
    answer->more = true;
    first = reloaded(store, answer);
    second = reloaded(again, first);
    assert_true(first->is_whole);
    assert_true(first->more);
    assert_string_equal(first->computer, "EX1.contoso.com");
    assert_int_equal(first->value_count, 6);
    for (size_t i = 0; i < 6; i++) {
        const struct registry_value *was = &answer->values[i], *is = &first->values[i];

        assert_string_equal(is->key, was->key);
        assert_string_equal(is->name, was->name);
        assert_int_equal(is->type, was->type);
        assert_int_equal(is->number, was->number);
        assert_int_equal(is->line, was->line);
        assert_int_equal(is->list_count, was->list_count);
        assert_int_equal(is->size, was->size);
        if (was->size)
            assert_memory_equal(is->bytes, was->bytes, was->size);
        assert_true(!is->text == !was->text);
        if (was->text)
            assert_string_equal(is->text, was->text);
    }
    one = evidence_to_json(&first->evidence);
    two = evidence_to_json(&second->evidence);
    assert_true(json_equal(one, two));
    json_decref(one);
    json_decref(two);
    evidence_free(&answer->evidence);
    evidence_store_free(again);
    evidence_store_free(store);
}

/* A question is another's if it is for another file or key. */
static void test_questions(void **state)
{
    struct registry_answer asked = {.path = "a b", .key = LSA};
    struct registry_answer same = {.path = "a b", .key = "system\\currentcontrolset\\control\\lsa"};
    struct registry_answer other_key = {.path = "a b", .key = MSV};
    struct registry_answer other_path = {.path = "a B", .key = LSA};

    (void)state;
    assert_true(evidence_registry.is_answer_to(&asked.evidence, &same.evidence));
    assert_false(evidence_registry.is_answer_to(&asked.evidence, &other_key.evidence));
    assert_false(evidence_registry.is_answer_to(&asked.evidence, &other_path.evidence));
}

/* That a key does not exist comes back too. */
static void test_absent_round_trip(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct registry_answer *answer, *copy;

    (void)state;
    write_file(HEAD "[" HKLM "SYSTEM\\CurrentControlSet\\Control]\r\n", 1);
    answer = gathered(file_path, LSA);
    copy = reloaded(store, answer);
    assert_int_equal(copy->evidence.status, STATUS_NOT_FOUND);
    assert_true(copy->is_whole);
    assert_string_equal(copy->evidence.reason, "the key does not exist");
    evidence_free(&answer->evidence);
    evidence_store_free(store);
}

/* Values that no registry has are left out; a key or a path that is missing is no evidence. */
static void test_damaged_evidence(void **state)
{
    static const char *const none[] = {
        "{\"key\":\"registry x\",\"status\":\"ok\",\"path\":\"x\"}",
        "{\"key\":\"registry x\",\"status\":\"ok\",\"registry_key\":\"x\"}",
    };
    static const char some[] =
        "{\"key\":\"registry x\",\"status\":\"ok\",\"path\":\"x\",\"registry_key\":\"y\",\"values\":[7,{},"
        "{\"name\":\"a\",\"type\":4,\"number\":4294967296},{\"name\":\"b\",\"type\":1},"
        "{\"name\":\"c\",\"type\":3},{\"name\":\"d\",\"type\":7,\"list\":[\"x\",7,\"y\"]},"
        "{\"type\":4,\"number\":1},{\"name\":\"e\",\"type\":11,\"number\":-1},"
        "{\"name\":\"f\",\"type\":3,\"bytes\":\"\"}]}";
    struct evidence_store *store = evidence_store_new();
    struct registry_answer question = {.path = "x", .key = "Y"};
    const struct registry_answer *answer;
    json_t *object;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        object = json_loads(none[i], 0, NULL);
        assert_int_equal(evidence_from_json(store, object), STATUS_MALFORMED);
        json_decref(object);
    }
    object = json_loads(some, 0, NULL);
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    answer = (const struct registry_answer *)evidence_store_find(store, &evidence_registry,
                                                                 &question.evidence);
    assert_int_equal(answer->value_count, 3);
    assert_int_equal(registry_answer_value(answer, "D")->list_count, 2);
    assert_true(registry_answer_value(answer, "E")->number == UINT64_MAX);
    assert_string_equal(registry_answer_value(answer, "F")->key, HKLM "y");
    evidence_store_free(store);
}

static const struct registry_answer *redacted(struct evidence_store *store,
                                              const struct redactor *redactor, const char *key)
{
    struct registry_answer *answer = gathered(file_path, key);
    struct evidence *copy;
    json_t *object;
    char *text;

    assert_int_equal(evidence_add_redacted(store, &answer->evidence, redactor, &copy), STATUS_OK);
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    assert_null(strstr(text, "ontoso"));
    assert_null(strstr(text, "Owner"));
    assert_null(strstr(text, "EX1"));
    assert_null(strstr(text, "ex1"));
    assert_null(strstr(text, "evidence_registry"));
    free(text);
    json_decref(object);
    evidence_free(&answer->evidence);
    return (const struct registry_answer *)copy;
}

/* No name is left, and the same question has the same answer. */
static void test_redact(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "registry";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    const struct registry_answer *answer;
    const struct registry_value *value;
    struct arena memory = {0};

    (void)state;
    write_file(export_text, 1);
    answer = redacted(store, redactor, MSV);
    assert_string_equal(answer->key, MSV);
    assert_true(answer->is_whole);
    value = registry_answer_value(answer, "BackConnectionHostNames");
    assert_int_equal(value->list_count, 2);
    assert_string_equal(value->list[0], redact_name_copy(redactor, "mail.contoso.com", &memory));
    assert_string_equal(value->list[1], redact_name_copy(redactor, "ex1", &memory));
    assert_string_equal(answer->computer, redact_name_copy(redactor, "EX1.contoso.com", &memory));
    answer = redacted(store, redactor, LSA);
    assert_int_equal(answer->value_count, 6);
    assert_int_equal(registry_answer_value(answer, "DisableLoopbackCheck")->number, 1);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(answer->values[i].size, 0);
    arena_release(&memory);
    evidence_store_free(store);
    redactor_free(redactor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_export, remove_file),
        cmocka_unit_test_teardown(test_query, remove_file),
        cmocka_unit_test_teardown(test_computer, remove_file),
        cmocka_unit_test_teardown(test_absent, remove_file),
        cmocka_unit_test_teardown(test_refusals, remove_file),
        cmocka_unit_test(test_own_registry),
        cmocka_unit_test_teardown(test_cut_off, remove_file),
        cmocka_unit_test_teardown(test_limits, remove_file),
        cmocka_unit_test_teardown(test_keys_below, remove_file),
        cmocka_unit_test(test_questions),
        cmocka_unit_test_teardown(test_round_trip, remove_file),
        cmocka_unit_test_teardown(test_absent_round_trip, remove_file),
        cmocka_unit_test_teardown(test_damaged_evidence, remove_file),
        cmocka_unit_test_teardown(test_redact, remove_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
