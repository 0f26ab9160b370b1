#include "diag/read/dns_name.h"
#include "diag/read/spf_macro.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

static int release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* The message of RFC 7208 7.4. */
static struct spf_macro_values example(void)
{
    struct spf_macro_values values = {.local = "strong-bad",
                                      .sender_domain = "email.example.com",
                                      .domain = "email.example.com",
                                      .helo = "mx.example.org",
                                      .now = 1795338307};

    assert_int_equal(ip_parse("192.0.2.3", 9, &values.ip), STATUS_OK);
    return values;
}

static struct spf_macro_values example_v6(void)
{
    struct spf_macro_values values = example();

    assert_int_equal(ip_parse("2001:db8::cb01", 14, &values.ip), STATUS_OK);
    return values;
}

/* The name, or the word for why there is none. */
static const char *domain_of(const char *spec, const struct spf_macro_values *values)
{
    const char *name;

    if (spf_expand_domain(spec, strlen(spec), values, &arena, &name) != STATUS_OK)
        return "INVALID";
    return name;
}

static const char *text_of(const char *text, const struct spf_macro_values *values)
{
    return spf_expand_explanation(text, strlen(text), values, &arena);
}

struct row {
    const char *spec, *expected;
};

static void assert_domains(const struct row *rows, size_t count,
                           const struct spf_macro_values *values)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = domain_of(rows[i].spec, values);

        if (strcmp(name, rows[i].expected) != 0)
            fail_msg("%s: %s, and not %s", rows[i].spec, name, rows[i].expected);
    }
}

/* RFC 7208 7.4, all of its lines. */
static void the_examples_of_the_rfc_expand(void **state)
{
    static const struct row rows[] = {
        {"%{s}", "strong-bad@email.example.com"},
        {"%{o}", "email.example.com"},
        {"%{d}", "email.example.com"},
        {"%{d4}", "email.example.com"},
        {"%{d3}", "email.example.com"},
        {"%{d2}", "example.com"},
        {"%{d1}", "com"},
        {"%{dr}", "com.example.email"},
        {"%{d2r}", "example.email"},
        {"%{l}", "strong-bad"},
        {"%{l-}", "strong.bad"},
        {"%{lr}", "strong-bad"},
        {"%{lr-}", "bad.strong"},
        {"%{l1r-}", "strong"},
        {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
        {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
        {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
        {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
        {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
    };
    static const struct row v6[] = {
        {"%{ir}.%{v}._spf.%{d2}",
         "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com"},
    };
    struct spf_macro_values values = example(), six = example_v6();

    (void)state;
    assert_domains(rows, sizeof rows / sizeof *rows, &values);
    assert_domains(v6, sizeof v6 / sizeof *v6, &six);
}

/* What the examples leave out: %% and its like, other delimiters, numbers, HELO, the trailing dot.
 */
static void other_macros_expand(void **state)
{
    static const struct row rows[] = {
        {"a%%b%_c%-d.example", "a%b\\032c%20d.example"},
        {"%{h}", "mx.example.org"},
        {"%{h2r}", "example.mx"},
        {"%{p}.x", "unknown.x"},
        {"%{i}.x", "192.0.2.3.x"},
        {"%{i2}.x", "2.3.x"},
        {"%{D2}", "example.com"},
        {"%{V}.x", "in-addr.x"},
        {"%{d99}", "email.example.com"},
        {"%{d99999999999999999999}", "email.example.com"},
        {"%{s.-@}", "INVALID"}, /* @ is no delimiter */
        {"%{s-.}", "strong.bad@email.example.com"},
        {"%{s1-.}", "com"},
        {"%{d-}", "email.example.com"},
        {"a.example.", "a.example"},
        {"%{d}.", "email.example.com"},
        {"a\\b.example", "a\\\\b.example"},
        {"a:b/c.example", "a:b/c.example"},
        {"a..example", "INVALID"},
        {".example", "INVALID"},
        {"a.example..", "INVALID"},
        {".", "INVALID"},
        {"", "INVALID"},
        {"%{c}.x", "INVALID"},
        {"%{d0}", "INVALID"},
        {"%", "INVALID"},
    };
    struct spf_macro_values values = example();

    (void)state;
    assert_domains(rows, sizeof rows / sizeof *rows, &values);
}

/* An upper-case letter escapes all but what RFC 3986 2.3 calls unreserved. */
static void upper_case_escapes(void **state)
{
    struct spf_macro_values values = example();

    (void)state;
    values.local = "~jack&jill=up-a_b3.c/d e\xff";
    assert_string_equal(text_of("l=%{L}", &values), "l=~jack%26jill%3Dup-a_b3.c%2Fd%20e%FF");
    assert_string_equal(text_of("%{S}", &values),
                        "~jack%26jill%3Dup-a_b3.c%2Fd%20e%FF%40email.example.com");
    assert_string_equal(domain_of("%{L1=}.x", &values), "up-a_b3.c%2Fd%20e%FF.x");
    assert_string_equal(text_of("%{C}", &values), "192.0.2.3");
}

/* c, r and t stand in explanations only; a dot at the end stays there. */
static void explanations_expand(void **state)
{
    struct spf_macro_values values = example(), six = example_v6();

    (void)state;
    assert_string_equal(text_of("%{c} at %{t} by %{r}.", &values),
                        "192.0.2.3 at 1795338307 by unknown.");
    assert_string_equal(text_of("%{c}", &six), "2001:db8::cb01");
    assert_string_equal(text_of("100%% of%_it%-", &values), "100% of it%20");
    assert_string_equal(text_of("", &values), "");
    assert_null(text_of("%{x}", &values));
    assert_null(text_of("100%", &values));
    assert_null(text_of("%{d", &values));
    assert_null(text_of("\xc3\xa9", &values));
    assert_null(text_of("a\tb", &values));
    assert_null(spf_expand_explanation("a\0b", 3, &values, &arena));
}

/* Nothing of a value is lost or becomes a label's end that was none. */
static void any_byte_makes_a_name(void **state)
{
    struct spf_macro_values values = example();

    (void)state;
    values.local = "a\\b.c d\x01\xff";
    values.domain = "x\\.y.b\\\\c.e\\000f.example";
    values.validated = "p\\.q.example";
    values.helo = "[192.0.2.1]";
    assert_string_equal(domain_of("%{l}.x", &values), "a\\\\b.c\\032d\\001\\255.x");
    assert_string_equal(domain_of("%{d}", &values), values.domain);
    assert_string_equal(domain_of("%{d3}", &values), "b\\\\c.e\\000f.example");
    assert_string_equal(domain_of("%{dr}", &values), "example.e\\000f.b\\\\c.x\\.y");
    assert_string_equal(domain_of("%{p}", &values), "p\\.q.example");
    assert_string_equal(domain_of("%{h}.x", &values), "[192.0.2.1].x");
    assert_string_equal(text_of("%{d} %{p}", &values), "x.y.b\\c.e?f.example p.q.example");
}

/* RFC 7208 7.3: labels go from the left until 253 characters are left. */
static void long_names_are_cut_from_the_left(void **state)
{
    static const char label[] = "123456789."; /* ten characters */
    char spec[512] = "";
    struct spf_macro_values values = example();

    (void)state;
    for (int i = 0; i < 30; i++)
        memcpy(spec + 10 * i, label, 10);
    strcpy(spec + 300, "abc");
    assert_int_equal(strlen(domain_of(spec, &values)), 253);
    strcpy(spec + 300, "abcd"); /* the next label to the left would make it 254 */
    assert_int_equal(strlen(domain_of(spec, &values)), 244);
    assert_memory_equal(domain_of(spec, &values), "123456789.", 10);
    strcpy(spec + 300, "abc."); /* the dot at the end is none of them */
    assert_int_equal(strlen(domain_of(spec, &values)), 253);
    memset(spec, 'a', 300);
    spec[300] = '\0';
    assert_string_equal(domain_of(spec, &values), "INVALID");
    strcpy(spec + 300, ".example");
    assert_string_equal(domain_of(spec, &values), "example");
    memset(spec, 'a', 64);
    strcpy(spec + 64, ".example");
    assert_string_equal(domain_of(spec, &values), "INVALID");
    assert_string_equal(domain_of(spec + 1, &values), spec + 1);
}

/* 16,000 macros of a long local part: a name all the same, and an explanation that ends. */
static void expansions_are_bounded(void **state)
{
    enum { MACROS = 16000 };
    char *spec = arena_new(&arena, MACROS + 1, 4), *local = arena_new(&arena, 1, 100001);
    struct spf_macro_values values = example();

    (void)state;
    for (int i = 0; i < MACROS; i++)
        memcpy(spec + 4 * i, "%{l}", 4);
    memset(local, 'x', 100000);
    values.local = local;
    assert_string_equal(domain_of(spec, &values), "INVALID");
    memcpy(spec + 4 * (MACROS - 1), ".abc", 4);
    assert_string_equal(domain_of(spec, &values), "abc");
    assert_int_equal(strlen(text_of(spec, &values)), SPF_EXPLANATION_MOST);
    memcpy(spec + 4 * (MACROS - 1), "%{x}", 4);
    assert_null(text_of(spec, &values));
}

/* What the reader of a record points at. */
static void errors_are_named(void **state)
{
    static const struct {
        const char *text, *part;
    } rows[] = {{"%", "begins no macro"},   {"%a", "begins no macro"}, {"%{", "begins no macro"},
                {"%{d", "begins no macro"}, {"%{x}", "letter"},        {"%{d0r}", "0 parts"},
                {"%{c}", "explanations"},   {"%{dr", "proper end"},    {"%{d1r2}", "proper end"},
                {"%{dx}", "proper end"},    {"%{d.", "proper end"}};
    struct spf_macro macro;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (spf_macro_read(rows[i].text, strlen(rows[i].text), false, &macro))
            fail_msg("%s is a macro", rows[i].text);
        if (!strstr(macro.error, rows[i].part))
            fail_msg("%s: %s", rows[i].text, macro.error);
    }
    assert_true(spf_macro_read("%{d10R-.}x", 10, false, &macro));
    assert_int_equal(macro.size, 9);
    assert_int_equal(macro.parts, 10);
    assert_true(macro.is_reversed);
    assert_int_equal(macro.delimiter_count, 2);
}

static void letters_are_looked_for(void **state)
{
    (void)state;
    assert_true(spf_macro_uses("a.%{P2r}.x", 10, 'p'));
    assert_true(spf_macro_uses("%%%{p}", 6, 'p'));
    assert_false(spf_macro_uses("%%{p}", 5, 'p'));
    assert_false(spf_macro_uses("%{d}.p", 6, 'p'));
    assert_false(spf_macro_uses("%{p}", 3, 'p'));
    assert_false(spf_macro_uses("", 0, 'p'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_rfc_expand),
        cmocka_unit_test(other_macros_expand),
        cmocka_unit_test(upper_case_escapes),
        cmocka_unit_test(explanations_expand),
        cmocka_unit_test(any_byte_makes_a_name),
        cmocka_unit_test(long_names_are_cut_from_the_left),
        cmocka_unit_test(expansions_are_bounded),
        cmocka_unit_test(errors_are_named),
        cmocka_unit_test(letters_are_looked_for),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
