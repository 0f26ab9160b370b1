#include "diag/buffer.h"
#include "diag/read/console_text.h"
#include "tests/unit/unit.h"

#include <string.h>

/* <ATTRIBUTES> on grey on black, <K> for erasing, and characters as they are. */
static void note(void *context, const struct console_piece *piece)
{
    struct buffer *out = context;

    if (piece->kind == CONSOLE_CHARACTERS)
        buffer_add(out, piece->text, piece->size);
    else if (piece->kind == CONSOLE_STYLE)
        buffer_print(out, "<%02x>", console_text_attributes(&piece->style, 0x07));
    else
        buffer_add_string(out, "<K>");
}

static void expect_pieces(const char *written, bool keeps_escapes, const char *wanted)
{
    size_t size = strlen(written);

    for (size_t step = 1; step <= size; step++) {
        struct console_text console;
        struct buffer out;

        buffer_init(&out, 4096);
        console_text_init(&console, keeps_escapes);
        for (size_t at = 0; at < size; at += step)
            console_text_read(&console, written + at, size - at < step ? size - at : step, note,
                              &out);
        console_text_end(&console, note, &out);
        assert_string_equal(out.text, wanted);
        buffer_release(&out);
    }
}

/* All that diag/report/style.c and the progress line write. */
static void test_own_styles(void **state)
{
    (void)state;
    expect_pieces("\x1b[1;31mCRITICAL\x1b[0m x", false, "<0c>CRITICAL<07> x");
    expect_pieces("\x1b[1;33mW\x1b[0m\x1b[1;36mI\x1b[0m\x1b[32mO\x1b[0m\x1b[1;35mU\x1b[0m", false,
                  "<0e>W<07><0b>I<07><02>O<07><0d>U<07>");
    expect_pieces("\x1b[1mloud\x1b[0m \x1b[2mfaint\x1b[0m", false, "<0f>loud<07> <08>faint<07>");
    expect_pieces("\r7 answers \x1b[K\r\x1b[K", false, "\r7 answers <K>\r<K>");
}

/* Characters reach the console whole, whatever the portions; broken ones are not lost. */
static void test_characters(void **state)
{
    (void)state;
    expect_pieces("\xe2\x97\x8f Bj\xc3\xb6rn \xf0\x9f\x98\x80", false,
                  "\xe2\x97\x8f Bj\xc3\xb6rn \xf0\x9f\x98\x80");
    expect_pieces("a\xe2\x97z\xffy\xf0\x9f", false, "a\xe2\x97z\xffy\xf0\x9f");
}

static void count_halves(void *context, const struct console_piece *piece)
{
    size_t *halves = context;

    if (piece->size == 1 && (unsigned char)piece->text[0] >= 0x80)
        ++*halves;
}

static void test_no_half_characters(void **state)
{
    const char *text = "\xe2\x97\x8f\xc3\xb6\xf0\x9f\x98\x80";
    struct console_text console;
    size_t halves = 0;

    (void)state;
    console_text_init(&console, true);
    for (const char *byte = text; *byte; byte++)
        console_text_read(&console, byte, 1, count_halves, &halves);
    assert_int_equal(halves, 0);
}

/* A prompt is seen to its last character before anything follows it. */
static void test_whole_characters_at_once(void **state)
{
    struct console_text console;
    struct buffer out;

    (void)state;
    buffer_init(&out, 100);
    console_text_init(&console, false);
    console_text_read(&console, "\xe6\x9d\xb1\xc3\xb6", 5, note, &out);
    assert_string_equal(out.text, "\xe6\x9d\xb1\xc3\xb6");
    buffer_release(&out);
}

/* A sequence that the program does not write is not shown, and neither is one that is cut off. */
static void test_other_sequences(void **state)
{
    (void)state;
    expect_pieces("a\x1b[2Jb\x1b[1Kc\x1b[?25ld", false, "abcd");
    expect_pieces("a\x1b[1;31", false, "a");
    expect_pieces("a\x1b\nb\x1b[1\nc", false, "a\nb\nc");
    expect_pieces("\x1b\x1b[1mx", false, "<0f>x");
    expect_pieces("\x1b[mx\x1b[1;;32my\x1b[1;2;22mz\x1b[39mz", false, "<07>x<02>y<02>z<07>z");
    expect_pieces("\x1b[111111111111111111111111111111111111mx", false, "1111111mx");
}

/* Where the console obeys them itself, nothing is taken out. */
static void test_kept(void **state)
{
    (void)state;
    expect_pieces("\x1b[1;31mC\xc3\xb6\x1b[0m\x1b[K", true, "\x1b[1;31mC\xc3\xb6\x1b[0m\x1b[K");
}

/* The background stays; on a light one nothing is bright, and nothing vanishes into its ground. */
static void test_attributes(void **state)
{
    struct console_style red = {.is_bold = true, .colour = 1}, own = {.colour = CONSOLE_OWN_COLOUR};
    struct console_style loud = {.is_bold = true, .colour = CONSOLE_OWN_COLOUR};
    struct console_style faint = {.is_faint = true, .colour = CONSOLE_OWN_COLOUR};
    struct console_style magenta = {.colour = 5};

    (void)state;
    assert_int_equal(console_text_attributes(&red, 0x07), 0x0c);
    assert_int_equal(console_text_attributes(&red, 0x1f), 0x1c);
    assert_int_equal(console_text_attributes(&red, 0xf0), 0xf4);
    assert_int_equal(console_text_attributes(&own, 0xf0), 0xf0);
    assert_int_equal(console_text_attributes(&loud, 0xf0), 0xf0);
    assert_int_equal(console_text_attributes(&loud, 0x1e), 0x1e);
    assert_int_equal(console_text_attributes(&magenta, 0x56), 0x56);
    assert_int_equal(console_text_attributes(&faint, 0x8f), 0x8f);
    assert_int_equal(console_text_attributes(&red, 0x4007), 0x400c);
}

static void test_substitutes(void **state)
{
    (void)state;
    assert_int_equal(console_text_substitute(0x25cf), '*');
    assert_int_equal(console_text_substitute(0x2500), '-');
    assert_int_equal(console_text_substitute(0x4e2d), '?');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_styles),
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_no_half_characters),
        cmocka_unit_test(test_other_sequences),
        cmocka_unit_test(test_whole_characters_at_once),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_substitutes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
