#include "diag/read/spf.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- selection: RFC 7208 4.5 ---- */

static bool is_record(const char *text)
{
    return spf_is_record(text, strlen(text));
}

/* The version in any case, and then a space or the end. */
static void records_are_selected(void **state)
{
    static const char *const records[] = {"v=spf1",      "V=SPF1",       "v=SpF1 ",
                                          "v=spf1 -all", "V=spf1   mx ", "v=spf1 v=spf1",
                                          "v=spf1 \t",   "v=spf1 \x80"};
    static const char *const none[] = {"",           " v=spf1",    "v=spf1\t-all", "v=spf10",
                                       "v=spf1;",    "v=spf1,",    "v=spf",        "v=spf2.0/pra",
                                       "\"v=spf1\"", "v=spf1\xa0", "v=spf1-all",   "spf1 -all"};

    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        if (!is_record(records[i]))
            fail_msg("\"%s\" is a record", records[i]);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        if (is_record(none[i]))
            fail_msg("\"%s\" is no record", none[i]);
    }
}

/* The size decides where a text ends, not a NUL: one behind the version is another character. */
static void a_nul_is_a_character(void **state)
{
    (void)state;
    assert_false(spf_is_record("v=spf1\0", 7));
    assert_false(spf_is_record("v=spf1 -all", 5));
    assert_true(spf_is_record("v=spf1 -all", 6));
    assert_true(spf_is_record("v=spf1 \0", 8));
    assert_true(spf_is_record("v=spf10", 6));
}

/* What somebody meant as a record is told apart from what has nothing to do with it. */
static void look_alikes_are_named(void **state)
{
    static const struct {
        const char *text;
        const char *part; /* of the hint; NULL: it does not look like one */
    } rows[] = {
        {"v=spf10 -all", "version"},
        {"v=spf1; -all", "no space"},
        {"v=spf1\t-all", "no space"},
        {"v=spf1-all", "no space"},
        {"v=spf1\xc2\xa0-all", "no space"},
        {" v=spf1 -all", "before"},
        {"\t v=spf1 -all", "before"},
        {"\"v=spf1 -all\"", "before"},
        {"'V=SPF1 -all'", "before"},
        {"v=sfp1 -all", "misspelt"},
        {"V=SFP1 -all", "misspelt"},
        {"v:spf1 -all", "misspelt"},
        {"spf1 -all", "misspelt"},
        {"v = spf1 mx -all", "misspelt"},
        {"\xe2\x80\x9cv=spf1 mx -all\xe2\x80\x9d", "before"},
        {"\xe2\x80\x9ev=spf1 mx -all\xe2\x80\x9c", "before"},
        {"\x93v=spf1 mx -all\x94", "before"},
        {"\xc2\xa0v=spf1 mx -all", "before"},
        {"q9.de. IN TXT v=spf1 mx -all", "zone file"},
        {"@ 300 IN TXT \"v=spf1 mx -all\"", "zone file"},
        {"SPF: v=spf1 mx -all", "other words"},
        {"spf=v=spf1 mx -all", "other words"},
        {"v=spf2.0/pra mx -all", "Sender ID"},
        {"spf2.0/mfrom,pra mx -all", "Sender ID"},
        {"we do not publish v=spf1 any more", NULL},
        {"TXTv=spf1", NULL},
        {"xv=spf1", NULL},
        {"v=spf1", NULL},
        {"v=spf1 -all", NULL},
        {"spf", NULL},
        {"", NULL},
        {"  ", NULL},
        {"google-site-verification=spf1", NULL},
        {"v=DKIM1; k=rsa", NULL},
        {"v=DMARC1; p=none", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *hint = spf_look_alike(rows[i].text, strlen(rows[i].text));

        if (!hint != !rows[i].part || (hint && !strstr(hint, rows[i].part)))
            fail_msg("\"%s\" looks like %s", rows[i].text, hint ? hint : "nothing");
    }
}

/* ---- terms ---- */

static struct arena arena;

static int release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct spf_record read_text(const char *text)
{
    struct spf_record record;

    spf_read(text, strlen(text), &arena, &record);
    return record;
}

static void assert_bytes(const char *bytes, size_t size, const char *expected)
{
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(bytes, expected, size);
}

static void assert_term(const struct spf_record *record, size_t index, enum spf_term_kind kind,
                        char qualifier, const char *text, const char *value)
{
    const struct spf_term *term = &record->terms[index];

    assert_true(index < record->term_count);
    assert_int_equal(term->kind, kind);
    assert_int_equal(term->qualifier, qualifier);
    assert_bytes(record->text + term->start, term->size, text);
    if (value)
        assert_bytes(term->value, term->value_size, value);
    else
        assert_null(term->value);
}

static void every_kind_of_term_is_read(void **state)
{
    struct spf_record record =
        read_text("v=spf1 a mx -a:b.example ~mx:c.example/24//64 ?ptr +ip4:192.0.2.0/24 "
                  "ip6:2001:db8::/32 include:_spf.example exists:%{i}.x.example redirect=d.example "
                  "exp=e.example x-y_z.9=any:thing -all");

    (void)state;
    assert_null(record.error);
    assert_int_equal(record.term_count, 13);
    assert_term(&record, 0, SPF_A, '+', "a", NULL);
    assert_term(&record, 1, SPF_MX, '+', "mx", NULL);
    assert_term(&record, 2, SPF_A, '-', "-a:b.example", "b.example");
    assert_term(&record, 3, SPF_MX, '~', "~mx:c.example/24//64", "c.example");
    assert_term(&record, 4, SPF_PTR, '?', "?ptr", NULL);
    assert_term(&record, 5, SPF_IP4, '+', "+ip4:192.0.2.0/24", "192.0.2.0");
    assert_term(&record, 6, SPF_IP6, '+', "ip6:2001:db8::/32", "2001:db8::");
    assert_term(&record, 7, SPF_INCLUDE, '+', "include:_spf.example", "_spf.example");
    assert_term(&record, 8, SPF_EXISTS, '+', "exists:%{i}.x.example", "%{i}.x.example");
    assert_term(&record, 9, SPF_REDIRECT, '+', "redirect=d.example", "d.example");
    assert_term(&record, 10, SPF_EXP, '+', "exp=e.example", "e.example");
    assert_term(&record, 11, SPF_OTHER_MODIFIER, '+', "x-y_z.9=any:thing", "any:thing");
    assert_term(&record, 12, SPF_ALL, '-', "-all", NULL);
}

/* a, mx, ptr, include, exists and redirect; ip4, ip6, all and exp cost nothing (RFC 7208 4.6.4). */
static void lookups_are_counted(void **state)
{
    (void)state;
    assert_int_equal(read_text("v=spf1 a mx ptr include:a.b exists:a.b redirect=a.b").lookups, 6);
    assert_int_equal(read_text("v=spf1 ip4:192.0.2.1 ip6::: exp=a.b x=y -all").lookups, 0);
}

static void spaces_are_no_terms(void **state)
{
    struct spf_record record = read_text("V=SPF1   A   -ALL   ");

    (void)state;
    assert_int_equal(record.term_count, 2);
    assert_term(&record, 0, SPF_A, '+', "A", NULL);
    assert_term(&record, 1, SPF_ALL, '-', "-ALL", NULL);
    assert_int_equal(read_text("v=spf1").term_count, 0);
    assert_int_equal(read_text("v=spf1    ").term_count, 0);
}

/* Lengths are no part of the value, a domain may itself hold a slash before its last label. */
static void prefix_lengths_are_cut_off(void **state)
{
    struct spf_record record =
        read_text("v=spf1 a/24 a//64 a/24//64 a:x/y.example/32 mx/0 a/32//0");

    (void)state;
    assert_null(record.error);
    assert_term(&record, 0, SPF_A, '+', "a/24", NULL);
    assert_term(&record, 1, SPF_A, '+', "a//64", NULL);
    assert_term(&record, 2, SPF_A, '+', "a/24//64", NULL);
    assert_term(&record, 3, SPF_A, '+', "a:x/y.example/32", "x/y.example");
}

/* The offending characters, so that a report can point at them. */
static void errors_point_at_characters(void **state)
{
    static const struct {
        const char *text;
        const char *offending;
    } rows[] = {
        {"v=spf1 foo -all", "foo"},
        {"v=spf1 ipv4:192.0.2.1", "ipv4:192.0.2.1"},
        {"v=spf1 -", "-"},
        {"v=spf1 --all", "--all"},
        {"v=spf1 :a", ":a"},
        {"v=spf1 =a", "=a"},
        {"v=spf1 -redirect=a.example", "-redirect=a.example"},
        {"v=spf1 ip4:192.0.2.256", "192.0.2.256"},
        {"v=spf1 ip4:192.0.2", "192.0.2"},
        {"v=spf1 ip4:192.0.2.1/33", "/33"},
        {"v=spf1 ip4:192.0.2.1/08", "/08"},
        {"v=spf1 ip4:192.0.2.1/", "/"},
        {"v=spf1 ip4:2001:db8::1", "2001:db8::1"},
        {"v=spf1 ip6:192.0.2.1", "192.0.2.1"},
        {"v=spf1 ip6:2001:db8::/129", "/129"},
        {"v=spf1 ip4", "ip4"},
        {"v=spf1 ip4=192.0.2.1 ip6", "ip6"},
        {"v=spf1 a/33", "/33"},
        {"v=spf1 a//129", "/129"},
        {"v=spf1 mx/024", "/024"},
        {"v=spf1 a:", ":"},
        {"v=spf1 all:x", ":x"},
        {"v=spf1 all/24", "/24"},
        {"v=spf1 include", "include"},
        {"v=spf1 include:", ":"},
        {"v=spf1 exists", "exists"},
        {"v=spf1 redirect=", "redirect="},
        {"v=spf1 exp=", "exp="},
        {"v=spf1 a\tmx", "\t"},
        {"v=spf1 include:ex\xc3\xa4m.example", "\xc3"},
        {"v=spf1 a:b\x7f.example", "\x7f"},
        {"v=spf1 redirect=a.example redirect=b.example", "redirect=b.example"},
        {"v=spf1 exp=a.example mx EXP=a.example", "EXP=a.example"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct spf_record record = read_text(rows[i].text);
        const struct spf_term *term = record.error;

        if (!term || term->error_size != strlen(rows[i].offending) ||
            memcmp(rows[i].text + term->error_start, rows[i].offending, term->error_size) != 0)
            fail_msg("\"%s\": %s at %.*s", rows[i].text, term ? term->error : "no error",
                     term ? (int)term->error_size : 0,
                     term ? rows[i].text + term->error_start : "");
    }
}

/* domain-spec (RFC 7208 7.1): macros of known letters, and an end that is a macro or a name. */
static void domains_are_checked(void **state)
{
    static const char *const right[] = {
        "a:b.example",
        "a:b.example.",
        "include:%{d}",
        "exists:%{ir}.%{v}.x",
        "exists:%{L1R+-}._x.y",
        "exists:%%%_%-.x",
        "a:_x.xn--p1ai/24",
        "redirect=%{d2}.x",
        "exists:%{d}.a-9",
        "a:b/c.example//64",
        "exp=a.b.%{o}.example.",
        "x=%{d}%_",
        "a:%{d}/24",
        "a:.example",
        "exists:%{d99999999999}",
        "a:a..b.example",
        "include:%{p}",
        "a:1.2-3",
    };
    static const struct {
        const char *term, *offending;
    } wrong[] = {
        {"a:example", "example"},
        {"a:b.9", "b.9"},
        {"a:b.-c", "b.-c"},
        {"a:b.c-", "b.c-"},
        {"a:b..", "b.."},
        {"a:b.c_d", "b.c_d"},
        {"include:.", "."},
        {"redirect=localhost", "localhost"},
        {"exists:%{i}x", "%{i}x"},
        {"exists:%", "%"},
        {"exists:%{}.x", "%"},
        {"exists:%{y}.x", "%"},
        {"exists:%{i.x", "%"},
        {"exists:%{i1r?}.x", "%"},
        {"exists:%{d0}.x", "%"},
        {"exists:%{d00r}.x", "%"},
        {"exp=%{r}.x.example", "%"},
        {"a:%{c}", "%"},
        {"x=%{T}", "%"},
        {"a:%{p", "%"},
        {"a:%{d}.", "%{d}."},
        {"a:b.example/24/32", "b.example/24"},
        {"exists:a%x.y", "%"},
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        snprintf(text, sizeof text, "v=spf1 %s", right[i]);
        if (read_text(text).error)
            fail_msg("%s: %s", right[i], read_text(text).error->error);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct spf_term *term;

        snprintf(text, sizeof text, "v=spf1 %s", wrong[i].term);
        term = read_text(text).error;
        if (!term || term->error_size != strlen(wrong[i].offending) ||
            memcmp(text + term->error_start, wrong[i].offending, term->error_size) != 0)
            fail_msg("%s: %s", wrong[i].term, term ? term->error : "no error");
    }
}

/* Mechanisms behind all are never reached (RFC 7208 5.1), and redirect beside it never (6.1). */
static void terms_are_reached_up_to_all(void **state)
{
    static const bool reached[] = {true, false, true, true, false, false, true};
    struct spf_record record = read_text("v=spf1 a redirect=a.b x=y -all mx +all exp=a.b");
    struct spf_record endless = read_text("v=spf1 redirect=a.b mx");

    (void)state;
    assert_int_equal(record.term_count, sizeof reached / sizeof *reached);
    for (size_t i = 0; i < record.term_count; i++)
        assert_int_equal(spf_is_reached(&record, &record.terms[i]), reached[i]);
    assert_true(spf_is_reached(&endless, &endless.terms[0]));
    assert_true(spf_is_reached(&endless, &endless.terms[1]));
}

/* Any number of unknown modifiers may have one name: only redirect= and exp= are single. */
static void unknown_modifiers_may_repeat(void **state)
{
    (void)state;
    assert_null(read_text("v=spf1 x=a x=b X= -all").error);
}

/* The first error counts, though terms behind it are read. */
static void reading_goes_on_behind_an_error(void **state)
{
    struct spf_record record = read_text("v=spf1 mx foo bar -all");

    (void)state;
    assert_ptr_equal(record.error, &record.terms[1]);
    assert_non_null(record.terms[2].error);
    assert_term(&record, 3, SPF_ALL, '-', "-all", NULL);
}

/* A NUL and 8-bit bytes are characters of a term, and errors. */
static void any_byte_is_read(void **state)
{
    static const char text[] = "v=spf1 a:\0b.example \xff\xfe -all";
    struct spf_record record;

    (void)state;
    spf_read(text, sizeof text - 1, &arena, &record);
    assert_int_equal(record.term_count, 3);
    assert_int_equal(record.terms[0].size, 12);
    assert_int_equal(record.terms[0].error_start, 9);
    assert_int_equal(record.terms[0].error_size, 1);
    assert_non_null(record.terms[1].error);
    assert_int_equal(record.terms[2].kind, SPF_ALL);
}

/* The largest TXT record there can be, in an allocation of its size. */
static void the_largest_record_is_read(void **state)
{
    const size_t size = 65535;
    char *text = malloc(size);
    struct spf_record record;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', size);
    memcpy(text, "v=spf1 a:", 9);
    spf_read(text, size, &arena, &record);
    assert_int_equal(record.term_count, 1);
    assert_int_equal(record.terms[0].value_size, size - 9);
    memset(text + 6, ' ', size - 6);
    spf_read(text, size, &arena, &record);
    assert_int_equal(record.term_count, 0);
    free(text);
}

/* " mx" over and over. */
static struct spf_record read_terms(size_t count)
{
    const size_t size = 6 + 3 * count;
    char *text = arena_new(&arena, 1, size);
    struct spf_record record;

    memcpy(text, "v=spf1", 6);
    for (size_t i = 0; i < count; i++)
        memcpy(text + 6 + 3 * i, " mx", 3);
    spf_read(text, size, &arena, &record);
    return record;
}

/* 10,000 terms fit into a TXT record, and all of them are read. */
static void many_terms_are_read(void **state)
{
    struct spf_record record = read_terms(10000);

    (void)state;
    assert_int_equal(record.term_count, 10000);
    assert_int_equal(record.lookups, 10000);
    assert_null(record.error);
    assert_int_equal(read_terms(SPF_TERMS_MOST).term_count, SPF_TERMS_MOST);
    assert_null(read_terms(SPF_TERMS_MOST).error);
}

/* More than any TXT record can hold is an error, and never silently less than what is written. */
static void too_many_terms_are_an_error(void **state)
{
    struct spf_record record = read_terms(SPF_TERMS_MOST + 1);

    (void)state;
    assert_int_equal(record.term_count, SPF_TERMS_MOST);
    assert_ptr_equal(record.error, &record.terms[SPF_TERMS_MOST - 1]);
}

/* What an evaluation compares with: the address as written, and the lengths. */
static void networks_are_read(void **state)
{
    static const struct {
        const char *term, *address;
        unsigned v4, v6;
    } rows[] = {
        {"ip4:192.0.2.77/24", "192.0.2.77", 24, 128},
        {"ip4:192.0.2.1", "192.0.2.1", 32, 128},
        {"ip4:0.0.0.0/0", "0.0.0.0", 0, 128},
        {"IP6:2001:DB8::1/32", "2001:db8::1", 32, 32},
        {"ip6:::", "::", 32, 128},
        {"ip6:::ffff:192.0.2.1/96", "::ffff:192.0.2.1", 32, 96},
        {"a/24//64", "", 24, 64},
        {"mx//0", "", 32, 0},
        {"mx:a.example/8", "", 8, 128},
        {"a", "", 32, 128},
        {"ip4:192.0.2.1/33", "", 32, 128},
        {"ip4:192.0.2.1.5", "", 32, 128},
        {"a/33", "", 32, 128},
    };
    char text[64], address[IP_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct spf_term *term;

        snprintf(text, sizeof text, "v=spf1 %s", rows[i].term);
        term = &read_text(text).terms[0];
        ip_format(&term->network, address);
        if (strcmp(address, rows[i].address) != 0 || term->v4_length != rows[i].v4 ||
            term->v6_length != rows[i].v6)
            fail_msg("%s: %s/%u//%u", rows[i].term, address, term->v4_length, term->v6_length);
    }
}

/* The modifiers and `all` that an evaluation looks for: the first of each. */
static void single_terms_are_at_hand(void **state)
{
    struct spf_record record = read_text("v=spf1 exp=a.b ?all redirect=c.d all exp=e.f");
    struct spf_record none = read_text("v=spf1 mx");

    (void)state;
    assert_ptr_equal(record.exp, &record.terms[0]);
    assert_ptr_equal(record.all, &record.terms[1]);
    assert_ptr_equal(record.redirect, &record.terms[2]);
    assert_ptr_equal(record.error, &record.terms[4]);
    assert_null(none.exp);
    assert_null(none.all);
    assert_null(none.redirect);
}

/* ---- terms with one meaning ---- */

static bool is_same(const char *a, const char *b)
{
    char a_text[64], b_text[64];
    struct spf_record a_record, b_record;

    snprintf(a_text, sizeof a_text, "v=spf1 %s", a);
    snprintf(b_text, sizeof b_text, "v=spf1 x=y %s", b);
    a_record = read_text(a_text);
    b_record = read_text(b_text);
    assert_int_equal(a_record.term_count, 1);
    assert_int_equal(b_record.term_count, 2);
    return spf_same_term(&a_record, &a_record.terms[0], &b_record, &b_record.terms[1]);
}

static void same_terms_are_known(void **state)
{
    (void)state;
    assert_true(is_same("mx", "MX"));
    assert_true(is_same("+mx", "mx"));
    assert_true(is_same("mx", "+MX"));
    assert_true(is_same("-all", "-ALL"));
    assert_true(is_same("include:A.example", "INCLUDE:a.EXAMPLE"));
    assert_true(is_same("exists:%{i}.a", "+exists:%{i}.a"));
    assert_true(is_same("ip4:192.0.2.1", "ip4:192.0.2.1/32"));
    assert_true(is_same("ip4:192.0.2.7/25", "ip4:192.0.2.0/25"));
    assert_true(is_same("ip6:2001:db8::1", "IP6:2001:0DB8:0::0001/128"));
    assert_true(is_same("include:a.example.", "include:A.example"));
    assert_true(is_same("a", "a/32//128"));
    assert_true(is_same("redirect=a.example.", "redirect=a.example"));
}

/* %{S} escapes what %{s} does not (RFC 7208 7.3), so macros keep their case. */
static void different_terms_are_told_apart(void **state)
{
    (void)state;
    assert_false(is_same("mx", "a"));
    assert_false(is_same("mx", "-mx"));
    assert_false(is_same("-all", "~all"));
    assert_false(is_same("ip4:192.0.2.1", "ip4:192.0.2.10"));
    assert_false(is_same("exists:%{s}.a", "exists:%{S}.a"));
    assert_false(is_same("exists:%{s}.a", "exists:s.a"));
    assert_false(is_same("redirect=a.example", "include:a.example"));
    assert_false(is_same("ip4:192.0.2.7/25", "ip4:192.0.2.128/25"));
    assert_false(is_same("ip4:192.0.2.0/25", "ip4:192.0.2.0/24"));
    assert_false(is_same("ip6:2001:db8::/33", "ip6:2001:db8:8000::/33"));
    assert_false(is_same("a", "a/24"));
    assert_false(is_same("a", "a:a.example"));
    assert_false(is_same("ip4:x", "ip4:y"));
    assert_false(is_same("x=a.", "x=a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_selected),
        cmocka_unit_test(a_nul_is_a_character),
        cmocka_unit_test(look_alikes_are_named),
        cmocka_unit_test(every_kind_of_term_is_read),
        cmocka_unit_test(lookups_are_counted),
        cmocka_unit_test(spaces_are_no_terms),
        cmocka_unit_test(prefix_lengths_are_cut_off),
        cmocka_unit_test(errors_point_at_characters),
        cmocka_unit_test(domains_are_checked),
        cmocka_unit_test(terms_are_reached_up_to_all),
        cmocka_unit_test(unknown_modifiers_may_repeat),
        cmocka_unit_test(reading_goes_on_behind_an_error),
        cmocka_unit_test(any_byte_is_read),
        cmocka_unit_test(the_largest_record_is_read),
        cmocka_unit_test(many_terms_are_read),
        cmocka_unit_test(too_many_terms_are_an_error),
        cmocka_unit_test(networks_are_read),
        cmocka_unit_test(single_terms_are_at_hand),
        cmocka_unit_test(same_terms_are_known),
        cmocka_unit_test(different_terms_are_told_apart),
    };

    return cmocka_run_group_tests_name("spf", tests, NULL, release);
}
