/* The rootDSE: the one question, and every answer but an entry that says what time it is. */
#include "diag/read/ldap_rootdse.h"

#include "diag/clock.h"
#include "diag/read/ber.h"
#include "tests/unit/unit.h"

#include <string.h>

#define BYTES(literal) (const unsigned char *)(literal), sizeof(literal) - 1

enum { ENTRY = 0x64, RESULT = 0x65, REFERENCE = 0x73, EXTENDED = 0x78, MESSAGE = 7 };

static int64_t moment(const char *text)
{
    int64_t milliseconds;

    assert_int_equal(clock_parse(text, &milliseconds), STATUS_OK);
    return milliseconds * 1000;
}

/* ---- what servers write ---- */

static void put_value(struct buffer *out, const char *name, const char *value)
{
    size_t start = out->size, values;

    ber_put_text(out, BER_OCTET_STRING, name);
    values = out->size;
    if (value)
        ber_put_text(out, BER_OCTET_STRING, value);
    ber_wrap(out, values, BER_SET);
    ber_wrap(out, start, BER_SEQUENCE);
}

static void begin(struct buffer *out)
{
    buffer_init(out, 2 * LDAP_MESSAGE_MOST);
}

/* Makes an attribute of the set of values written so far. */
static void put_name_before(struct buffer *out, const char *name)
{
    struct buffer head;

    begin(&head);
    ber_put_text(&head, BER_OCTET_STRING, name);
    buffer_add(&head, out->text, out->size);
    ber_wrap(&head, 0, BER_SEQUENCE);
    buffer_release(out);
    *out = head;
}

/* Makes an entry of message `number` of the attributes written so far. */
static void end_entry(struct buffer *out, int number)
{
    struct buffer head;

    buffer_init(&head, 2 * LDAP_MESSAGE_MOST);
    ber_put_integer(&head, BER_INTEGER, number);
    ber_wrap(out, 0, BER_SEQUENCE);
    ber_put_text(&head, BER_OCTET_STRING, "");
    buffer_add(&head, out->text, out->size);
    ber_wrap(&head, 3, ENTRY);
    ber_wrap(&head, 0, BER_SEQUENCE);
    buffer_release(out);
    *out = head;
}

static void put_result(struct buffer *out, int number, int tag, int code)
{
    size_t start = out->size, operation;

    ber_put_integer(out, BER_INTEGER, number);
    operation = out->size;
    ber_put_integer(out, BER_ENUMERATED, code);
    ber_put_text(out, BER_OCTET_STRING, "");
    ber_put_text(out, BER_OCTET_STRING, "00002020: Operation unavailable");
    ber_wrap(out, operation, tag);
    ber_wrap(out, start, BER_SEQUENCE);
}

static void make_dc(struct buffer *out)
{
    begin(out);
    put_value(out, "currentTime", "20261122124141.0Z");
    put_value(out, "dnsHostName", "dc1.contoso.com");
    put_value(out, "defaultNamingContext", "DC=contoso,DC=com");
    put_value(out, "rootDomainNamingContext", "DC=example,DC=com");
    put_value(out, "serverName", "CN=DC1,CN=Servers,CN=M\xc3\xbcnchen,CN=Sites");
    put_value(out, "LDAPSERVICENAME", "contoso.com:dc1$@CONTOSO.COM");
    put_value(out, "domainControllerFunctionality", "7");
    put_value(out, "supportedSASLMechanisms", "GSSAPI");
    end_entry(out, MESSAGE);
}

static enum status read(const struct buffer *out, struct arena *arena, struct ldap_rootdse *dse)
{
    return ldap_read_rootdse((const unsigned char *)out->text, out->size, MESSAGE, arena, dse);
}

static void expect(struct buffer *out, enum status wanted)
{
    struct arena arena = {0};
    struct ldap_rootdse dse;
    enum status status = read(out, &arena, &dse);

    if (status != wanted)
        fail_msg("%s and not %s", status_token(status), status_token(wanted));
    assert_true(status == STATUS_OK || dse.current_time == INT64_MIN);
    arena_release(&arena);
    buffer_release(out);
}

/* ---- tests ---- */

/* Byte by byte as RFC 4511 4.5.1 has it: base object "", presence of objectClass, seven attributes.
 */
static void test_request(void **state)
{
    const char wanted[] = "\x30\x81\xac\x02\x01\x01\x63\x81\xa6\x04\x00\x0a\x01\x00\x0a\x01\x00"
                          "\x02\x01\x00\x02\x01\x00\x01\x01\x00\x87\x0bobjectClass\x30\x81\x85"
                          "\x04\x0b"
                          "currentTime\x04\x0b"
                          "dnsHostName\x04\x14"
                          "defaultNamingContext\x04\x17"
                          "rootDomainNamingContext\x04\x0a"
                          "serverName\x04\x0fldapServiceName\x04\x1d"
                          "domainControllerFunctionality";
    struct buffer out;

    (void)state;
    buffer_init(&out, 512);
    ldap_write_rootdse_request(1, &out);
    assert_int_equal(out.size, sizeof wanted - 1);
    assert_memory_equal(out.text, wanted, out.size);
    assert_false(out.truncated);
    buffer_release(&out);
}

static void test_entry(void **state)
{
    struct arena arena = {0};
    struct ldap_rootdse dse;
    struct buffer out;

    (void)state;
    make_dc(&out);
    assert_int_equal(read(&out, &arena, &dse), STATUS_OK);
    buffer_release(&out);
    assert_int_equal(dse.current_time, moment("2026-11-22T12:41:41Z"));
    assert_string_equal(dse.dns_host_name, "dc1.contoso.com");
    assert_string_equal(dse.default_naming_context, "DC=contoso,DC=com");
    assert_string_equal(dse.root_naming_context, "DC=example,DC=com");
    assert_string_equal(dse.server_name, "CN=DC1,CN=Servers,CN=M\xc3\xbcnchen,CN=Sites");
    assert_string_equal(dse.ldap_service_name, "contoso.com:dc1$@CONTOSO.COM");
    assert_string_equal(dse.functionality, "7");
    arena_release(&arena);
}

/* The domain of a forest's root, of which nothing is made where it is written otherwise. */
static void test_domain_of_context(void **state)
{
    static const struct {
        const char *context, *domain;
    } rows[] = {
        {"DC=contoso,DC=com", "contoso.com"},
        {"dc=example", "example"},
        {"", NULL},
        {"DC=", NULL},
        {"DC=contoso,", NULL},
        {",DC=contoso", NULL},
        {"CN=Configuration,DC=contoso,DC=com", NULL},
        {"DC=con\\,toso,DC=com", NULL},
        {"DC=contoso.com", NULL},
        {"DC=contoso, DC=com", NULL},
        {"DC=a+CN=b,DC=com", NULL},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *domain = ldap_domain_of_context(rows[i].context, &arena);

        if (!domain != !rows[i].domain || (domain && strcmp(domain, rows[i].domain) != 0))
            fail_msg("%s: %s", rows[i].context, domain ? domain : "none");
    }
    arena_release(&arena);
}

/* Lengths of four octets, as Windows writes them. */
static void test_windows_lengths(void **state)
{
    struct arena arena = {0};
    struct ldap_rootdse dse;

    (void)state;
    assert_int_equal(
        ldap_read_rootdse(BYTES("\x30\x84\x00\x00\x00\x41\x02\x01\x07\x64\x84\x00\x00\x00\x38"
                                "\x04\x00\x30\x84\x00\x00\x00\x30\x30\x84\x00\x00\x00\x2a"
                                "\x04\x0b"
                                "currentTime"
                                "\x31\x84\x00\x00\x00\x17\x04\x84\x00\x00\x00\x11"
                                "20261122124141.0Z"),
                          MESSAGE, &arena, &dse),
        STATUS_OK);
    assert_int_equal(dse.current_time, moment("2026-11-22T12:41:41Z"));
    assert_null(dse.dns_host_name);
    arena_release(&arena);
}

/* Cut anywhere the answer is still to come; what is behind the entry changes nothing. */
static void test_cut(void **state)
{
    struct arena arena = {0};
    struct ldap_rootdse dse;
    struct buffer out;
    size_t entry;

    (void)state;
    make_dc(&out);
    entry = out.size;
    put_result(&out, MESSAGE, RESULT, 0);
    for (size_t size = 0; size <= out.size; size++) {
        unsigned char *copy = test_malloc(size + 1);

        memcpy(copy, out.text, size);
        assert_int_equal(ldap_read_rootdse(copy, size, MESSAGE, &arena, &dse),
                         size < entry ? STATUS_AGAIN : STATUS_OK);
        assert_int_equal(dse.current_time == INT64_MIN, size < entry);
        test_free(copy);
    }
    arena_release(&arena);
    buffer_release(&out);
}

/* Any one byte of an answer may be any other: nothing is read beyond it. */
static void test_damaged(void **state)
{
    struct buffer out;

    (void)state;
    make_dc(&out);
    for (size_t at = 0; at < out.size; at++) {
        for (unsigned byte = 0; byte < 256; byte += 5) {
            unsigned char *copy = test_malloc(out.size);
            struct arena arena = {0};
            struct ldap_rootdse dse;
            enum status status;

            memcpy(copy, out.text, out.size);
            copy[at] = (unsigned char)byte;
            status = ldap_read_rootdse(copy, out.size, MESSAGE, &arena, &dse);
            assert_true(status != STATUS_OK || dse.current_time > 0);
            test_free(copy);
            arena_release(&arena);
        }
    }
    buffer_release(&out);
}

/* Behind the operation there may be controls (RFC 4511 4.1.1), and nothing else. */
static void test_behind_the_operation(void **state)
{
    struct arena arena = {0};
    struct ldap_rootdse dse;

    (void)state;
    assert_int_equal(
        ldap_read_rootdse(BYTES("\x30\x0b\x02\x01\x07\x64\x04\x04\x00\x30\x00\xa0\x00"), MESSAGE,
                          &arena, &dse),
        STATUS_NOT_FOUND);
    assert_int_equal(
        ldap_read_rootdse(BYTES("\x30\x0b\x02\x01\x07\x64\x04\x04\x00\x30\x00\xa1\x00"), MESSAGE,
                          &arena, &dse),
        STATUS_MALFORMED);
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x0a\x02\x01\x07\x64\x04\x04\x00\x30\x00\x30"),
                                       MESSAGE, &arena, &dse),
                     STATUS_MALFORMED);
    arena_release(&arena);
}

/* A result instead of the entry: it ended without one, or the server would not. */
static void test_results(void **state)
{
    struct buffer out;

    (void)state;
    begin(&out);
    put_result(&out, MESSAGE, RESULT, 0);
    expect(&out, STATUS_NOT_FOUND);
    begin(&out);
    put_result(&out, MESSAGE, RESULT, 1);
    expect(&out, STATUS_REJECTED);
    begin(&out);
    put_result(&out, 0, EXTENDED, 52); /* unavailable: a notice of disconnection */
    expect(&out, STATUS_REJECTED);
    begin(&out);
    put_result(&out, MESSAGE, EXTENDED, 0);
    expect(&out, STATUS_MALFORMED);
    begin(&out);
    put_result(&out, MESSAGE + 1, RESULT, 0);
    expect(&out, STATUS_MALFORMED);
}

/* A reference says nothing; the entry comes behind it. */
static void test_reference(void **state)
{
    struct buffer out, entry;

    (void)state;
    begin(&out);
    put_result(&out, MESSAGE, REFERENCE, 0);
    make_dc(&entry);
    buffer_add(&out, entry.text, entry.size);
    buffer_release(&entry);
    expect(&out, STATUS_OK);
    begin(&out);
    put_result(&out, MESSAGE, REFERENCE, 0);
    expect(&out, STATUS_AGAIN);
}

static void test_other_message(void **state)
{
    struct buffer out;

    (void)state;
    begin(&out);
    put_value(&out, "currentTime", "20261122124141.0Z");
    end_entry(&out, MESSAGE + 1);
    expect(&out, STATUS_MALFORMED);
}

/* An entry of another directory: it has no clock, or its values say none. */
static void test_no_time(void **state)
{
    static const char *const times[] = {
        "", "20261122124141", "0", "22.11.2026 12:41:41", "20261122124141.0Z ", "-0261122124141Z"};
    struct buffer out;

    (void)state;
    begin(&out);
    end_entry(&out, MESSAGE);
    expect(&out, STATUS_NOT_FOUND);
    begin(&out);
    put_value(&out, "dnsHostName", "ldap.contoso.com");
    put_value(&out, "defaultNamingContext", NULL);
    end_entry(&out, MESSAGE);
    expect(&out, STATUS_NOT_FOUND);
    begin(&out);
    put_value(&out, "currentTime", NULL);
    end_entry(&out, MESSAGE);
    expect(&out, STATUS_MALFORMED);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        begin(&out);
        put_value(&out, "currentTime", times[i]);
        end_entry(&out, MESSAGE);
        expect(&out, STATUS_MALFORMED);
    }
}

/* Two times are none. */
static void test_two_times(void **state)
{
    struct buffer out;

    (void)state;
    begin(&out);
    put_value(&out, "currentTime", "20261122124141.0Z");
    put_value(&out, "currentTime", "20261122124142.0Z");
    end_entry(&out, MESSAGE);
    expect(&out, STATUS_MALFORMED);
    begin(&out);
    ber_put_text(&out, BER_OCTET_STRING, "20261122124141.0Z");
    ber_put_text(&out, BER_OCTET_STRING, "20261122124141.0Z");
    ber_wrap(&out, 0, BER_SET);
    put_name_before(&out, "currentTime");
    end_entry(&out, MESSAGE);
    expect(&out, STATUS_MALFORMED);
}

/* A text that is not UTF-8 is left out; the time counts all the same. */
static void test_texts(void **state)
{
    struct arena arena = {0};
    struct ldap_rootdse dse;
    struct buffer out;

    (void)state;
    begin(&out);
    put_value(&out, "dnsHostName", "dc\xfc.contoso.com");
    put_value(&out, "currentTime", "20261122124141.0Z");
    put_value(&out, "serverName", "");
    end_entry(&out, MESSAGE);
    assert_int_equal(read(&out, &arena, &dse), STATUS_OK);
    assert_null(dse.dns_host_name);
    assert_string_equal(dse.server_name, "");
    arena_release(&arena);
    buffer_release(&out);
}

/* The rootDSE has no name; and nothing stands behind what makes an entry, or an attribute. */
static void test_too_much(void **state)
{
    struct arena arena = {0};
    struct ldap_rootdse dse;

    (void)state;
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x09\x02\x01\x07\x64\x04\x04\x00\x30\x00"),
                                       MESSAGE, &arena, &dse),
                     STATUS_NOT_FOUND);
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x0a\x02\x01\x07\x64\x05\x04\x01x\x30\x00"),
                                       MESSAGE, &arena, &dse),
                     STATUS_MALFORMED);
    assert_int_equal(
        ldap_read_rootdse(BYTES("\x30\x0b\x02\x01\x07\x64\x06\x04\x00\x30\x00\x04\x00"), MESSAGE,
                          &arena, &dse),
        STATUS_MALFORMED);
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x11\x02\x01\x07\x64\x0c\x04\x00\x30\x08\x30\x06"
                                             "\x04\x00\x31\x00\x04\x00"),
                                       MESSAGE, &arena, &dse),
                     STATUS_MALFORMED);
    arena_release(&arena);
}

/* What is no LDAP, or too much of it, is known at once. */
static void test_not_ldap(void **state)
{
    struct arena arena = {0};
    struct ldap_rootdse dse;

    (void)state;
    assert_int_equal(ldap_read_rootdse(BYTES("220 mail"), MESSAGE, &arena, &dse), STATUS_MALFORMED);
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x80"), MESSAGE, &arena, &dse), STATUS_MALFORMED);
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x83\x01\x00\x00"), MESSAGE, &arena, &dse),
                     STATUS_MALFORMED);
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x82\xff\xfc"), MESSAGE, &arena, &dse),
                     STATUS_AGAIN);
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x82\xff\xfd"), MESSAGE, &arena, &dse),
                     STATUS_MALFORMED);
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x00"), MESSAGE, &arena, &dse), STATUS_MALFORMED);
    assert_int_equal(ldap_read_rootdse(BYTES("\x30\x03\x02\x01\x07"), MESSAGE, &arena, &dse),
                     STATUS_MALFORMED);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_entry),
        cmocka_unit_test(test_domain_of_context),
        cmocka_unit_test(test_windows_lengths),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_behind_the_operation),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_other_message),
        cmocka_unit_test(test_no_time),
        cmocka_unit_test(test_two_times),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_not_ldap),
        cmocka_unit_test(test_too_much),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
