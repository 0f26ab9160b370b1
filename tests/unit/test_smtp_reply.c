/* SMTP replies, whole and in pieces, as servers, firewalls and strangers send them. */
#include "tests/unit/unit.h"

#include "diag/read/smtp_reply.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;

static int forget(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct smtp_reply_reader *reader_of(const char *bytes, size_t size, size_t piece)
{
    struct smtp_reply_reader *reader = smtp_reply_reader_new(&arena);

    for (size_t at = 0; at < size; at += piece)
        smtp_reply_add(reader, bytes + at, size - at < piece ? size - at : piece, (int64_t)at);
    return reader;
}

static struct smtp_reply read_text(const char *text)
{
    return smtp_reply_of(reader_of(text, strlen(text), strlen(text) + 1));
}

static void assert_line(const struct smtp_reply *reply, size_t index, const char *text)
{
    assert_true(index < reply->line_count);
    assert_int_equal(reply->lines[index].size, strlen(text));
    assert_string_equal(reply->lines[index].text, text);
}

static void assert_reads(const char *text, enum smtp_reply_state state, unsigned code)
{
    struct smtp_reply whole = read_text(text);
    struct smtp_reply pieces = smtp_reply_of(reader_of(text, strlen(text), 1));

    assert_int_equal(whole.state, state);
    assert_int_equal(whole.code, code);
    assert_int_equal(pieces.state, state);
    assert_int_equal(pieces.code, code);
    assert_int_equal(pieces.line_count, whole.line_count);
    for (size_t i = 0; i < whole.line_count; i++)
        assert_line(&pieces, i, whole.lines[i].text);
}

/* RFC 5321 4.2: the last line has a space, or nothing, behind its code. */
static void test_last_lines(void **state)
{
    (void)state;
    assert_reads("220 mail.contoso.com ESMTP\r\n", SMTP_REPLY_COMPLETE, 220);
    assert_reads("220\r\n", SMTP_REPLY_COMPLETE, 220);
    assert_reads("220 \r\n", SMTP_REPLY_COMPLETE, 220);
    assert_reads("220 bare\n", SMTP_REPLY_COMPLETE, 220);
    assert_reads("220-a\r\n220-b\r\n220 c\r\n", SMTP_REPLY_COMPLETE, 220);
    assert_reads("220-a\n220\n", SMTP_REPLY_COMPLETE, 220);
    assert_reads("521 5.3.2 no mail here\r\n", SMTP_REPLY_COMPLETE, 521);
}

/* Teaser lines of postscreen, half lines and nothing at all are the beginning of a reply. */
static void test_partial(void **state)
{
    (void)state;
    assert_reads("", SMTP_REPLY_PARTIAL, 0);
    assert_reads("2", SMTP_REPLY_PARTIAL, 0);
    assert_reads("220", SMTP_REPLY_PARTIAL, 220);
    assert_reads("220 mail", SMTP_REPLY_PARTIAL, 220);
    assert_reads("220\r", SMTP_REPLY_PARTIAL, 220);
    assert_reads("220-mail.contoso.com ESMTP\r\n", SMTP_REPLY_PARTIAL, 220);
    assert_reads("220-mail.contoso.com ESMTP\r\n22", SMTP_REPLY_PARTIAL, 220);
}

/* What was begun is taken back: postscreen's teaser, and then the client is on a block list. */
static void test_refusals_behind_a_teaser(void **state)
{
    (void)state;
    assert_reads("220-mail\r\n521 5.7.1 blocked\r\n", SMTP_REPLY_COMPLETE, 521);
    assert_reads("220-mail\r\n421 4.3.2 busy\r\n", SMTP_REPLY_COMPLETE, 421);
    assert_reads("220-mail\r\n220-wait\r\n450\r\n", SMTP_REPLY_COMPLETE, 450);
    assert_reads("220-mail\r\n554-no\r\n554 never\r\n", SMTP_REPLY_COMPLETE, 554);
    assert_reads("250-mail\r\n250-SIZE\r\n421 going down\r\n", SMTP_REPLY_COMPLETE, 421);
    assert_reads("220-mail\r\n554-no\r\n", SMTP_REPLY_PARTIAL, 554);
    assert_reads("220-mail\r\n521 5.7", SMTP_REPLY_PARTIAL, 521);
    assert_reads("220-mail\r\n5", SMTP_REPLY_PARTIAL, 220);
    assert_reads("220-mail\r\n554-no\r\n220 yes\r\n", SMTP_REPLY_STRANGE, 554);
    assert_reads("220-mail\r\n600 x\r\n", SMTP_REPLY_STRANGE, 220);
    assert_reads("220-mail\r\n5210 x\r\n", SMTP_REPLY_STRANGE, 521);
}

/* Other protocols, codes that are none, and a code that changes on the way. */
static void test_strange(void **state)
{
    (void)state;
    assert_reads("SSH-2.0-OpenSSH_9.2\r\n", SMTP_REPLY_STRANGE, 0);
    assert_reads("+OK ready\r\n", SMTP_REPLY_STRANGE, 0);
    assert_reads("\r\n", SMTP_REPLY_STRANGE, 0);
    assert_reads("22 x\r\n", SMTP_REPLY_STRANGE, 0);
    assert_reads("-220 x\r\n", SMTP_REPLY_STRANGE, 0);
    assert_reads("199 x\r\n", SMTP_REPLY_STRANGE, 0);
    assert_reads("600 x\r\n", SMTP_REPLY_STRANGE, 0);
    assert_reads("2200 x\r\n", SMTP_REPLY_STRANGE, 220);
    assert_reads("220_x\r\n", SMTP_REPLY_STRANGE, 220);
    assert_reads("220-a\r\n250 b\r\n", SMTP_REPLY_STRANGE, 220);
    assert_reads("220-a\r\n\r\n", SMTP_REPLY_STRANGE, 220);
    assert_reads("SSH-2.0", SMTP_REPLY_STRANGE, 0);
    assert_reads("220-a\r\nx", SMTP_REPLY_STRANGE, 220);
    assert_reads("220x", SMTP_REPLY_STRANGE, 220);
}

/* NULs and 8-bit bytes stay; a carriage return alone ends no line. */
static void test_any_bytes(void **state)
{
    static const char bytes[] = "220-a\0b\r\n220 \xff\xfe\r c\r\n";
    struct smtp_reply reply = smtp_reply_of(reader_of(bytes, sizeof bytes - 1, 3));

    (void)state;
    assert_int_equal(reply.state, SMTP_REPLY_COMPLETE);
    assert_int_equal(reply.line_count, 2);
    assert_int_equal(reply.lines[0].size, 7);
    assert_memory_equal(reply.lines[0].text, "220-a\0b", 8);
    assert_line(&reply, 1, "220 \xff\xfe\r c");
    assert_int_equal(reply.bytes, sizeof bytes - 1);
}

/* When each line was there, and the first and the last byte. */
static void test_times(void **state)
{
    struct smtp_reply_reader *reader = smtp_reply_reader_new(&arena);
    struct smtp_reply reply = smtp_reply_of(reader);

    (void)state;
    assert_int_equal(reply.first_byte, -1);
    assert_int_equal(reply.last_byte, -1);
    smtp_reply_add(reader, "22", 2, 10);
    smtp_reply_add(reader, "0-a\r", 4, 20);
    smtp_reply_add(reader, "\n220 ", 5, 30);
    reply = smtp_reply_of(reader);
    assert_int_equal(reply.state, SMTP_REPLY_PARTIAL);
    assert_int_equal(reply.line_count, 2);
    assert_int_equal(reply.lines[0].at, 30);
    assert_line(&reply, 1, "220 ");
    smtp_reply_add(reader, "b\r\n", 3, 40);
    reply = smtp_reply_of(reader);
    assert_int_equal(reply.first_byte, 10);
    assert_int_equal(reply.last_byte, 40);
    assert_int_equal(reply.lines[0].at, 30);
    assert_int_equal(reply.lines[1].at, 40);
    assert_int_equal(reply.line_count, 2);
}

/* Long lines and many lines are counted and not kept; a reply without end is none. */
static void test_limits(void **state)
{
    struct smtp_reply_reader *reader = smtp_reply_reader_new(&arena);
    char line[SMTP_LINE_KEPT + 3];
    struct smtp_reply reply;

    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "220-", 4);
    memcpy(line + SMTP_LINE_KEPT, "\r\n", 2);
    smtp_reply_add(reader, line, SMTP_LINE_KEPT + 2, 1);
    reply = smtp_reply_of(reader);
    assert_false(reply.is_cut);
    assert_int_equal(reply.lines[0].size, SMTP_LINE_KEPT);
    memcpy(line + SMTP_LINE_KEPT, "x\r\n", 3);
    smtp_reply_add(reader, line, SMTP_LINE_KEPT + 3, 2);
    reply = smtp_reply_of(reader);
    assert_true(reply.is_cut);
    assert_int_equal(reply.lines[1].size, SMTP_LINE_KEPT);
    assert_int_equal(reply.state, SMTP_REPLY_PARTIAL);

    smtp_reply_begin(reader);
    for (unsigned i = 0; i < SMTP_LINES_KEPT + 1; i++)
        smtp_reply_add(reader, "220-a\r\n", 7, 3);
    smtp_reply_add(reader, "220 z\r\n", 7, 4);
    reply = smtp_reply_of(reader);
    assert_int_equal(reply.state, SMTP_REPLY_COMPLETE);
    assert_int_equal(reply.line_count, SMTP_LINES_KEPT);
    assert_true(reply.is_cut);
    assert_int_equal(reply.bytes, 7 * (SMTP_LINES_KEPT + 2));

    smtp_reply_begin(reader);
    while (!smtp_reply_is_over(reader))
        smtp_reply_add(reader, line, 100, 5);
    reply = smtp_reply_of(reader);
    assert_int_equal(reply.state, SMTP_REPLY_TOO_LARGE);
    assert_int_equal(reply.bytes, SMTP_REPLY_MOST);
    assert_int_equal(reply.code, 220);
    assert_int_equal(reply.line_count, 1);
    assert_true(arena_footprint(&arena) < 4 * SMTP_REPLY_MOST);
}

/* What comes behind a reply waits for the next one, whole lines and halves. */
static void test_one_after_another(void **state)
{
    static const char text[] = "250 a\r\n354 b\r\n25";
    struct smtp_reply_reader *reader = reader_of(text, sizeof text - 1, 20);
    struct smtp_reply first = smtp_reply_of(reader), reply;

    (void)state;
    assert_int_equal(smtp_reply_left(reader), 9);
    smtp_reply_begin(reader);
    reply = smtp_reply_of(reader);
    assert_int_equal(reply.state, SMTP_REPLY_COMPLETE);
    assert_int_equal(reply.code, 354);
    assert_int_equal(smtp_reply_left(reader), 2);
    smtp_reply_begin(reader);
    assert_int_equal(smtp_reply_left(reader), 0);
    smtp_reply_add(reader, "0 c\r\n250", 8, 9);
    reply = smtp_reply_of(reader);
    assert_int_equal(reply.code, 250);
    assert_line(&reply, 0, "250 c");
    assert_line(&first, 0, "250 a");
    assert_int_equal(smtp_reply_left(reader), 3);
    smtp_reply_drop(reader);
    assert_int_equal(smtp_reply_left(reader), 0);
    smtp_reply_begin(reader);
    assert_int_equal(smtp_reply_of(reader).bytes, 0);
}

/* A reply that begins amid a line of the last one, whose end comes late. */
static void test_lines_cut_short(void **state)
{
    struct smtp_reply_reader *reader = reader_of("220-mail\r\n220 ma", 16, 16);
    struct smtp_reply reply;

    (void)state;
    smtp_reply_begin(reader);
    smtp_reply_begin(reader);
    smtp_reply_add(reader, "il", 2, 20);
    smtp_reply_add(reader, ".com\r\n221 b", 11, 21);
    smtp_reply_add(reader, "ye\r\n", 4, 22);
    reply = smtp_reply_of(reader);
    assert_int_equal(reply.state, SMTP_REPLY_COMPLETE);
    assert_int_equal(reply.first_byte, 21);
    assert_int_equal(reply.bytes, 9);
    assert_line(&reply, 0, "221 bye");
}

/* The rest of such a line has no end: the reply behind it is too large, with no byte of its own. */
static void test_endless_rest_of_a_line(void **state)
{
    struct smtp_reply_reader *reader = reader_of("220 ma", 6, 6);
    static char flood[SMTP_REPLY_MOST - 1];
    struct smtp_reply reply;

    (void)state;
    smtp_reply_begin(reader);
    smtp_reply_add(reader, flood, sizeof flood, 20);
    assert_false(smtp_reply_is_over(reader));
    smtp_reply_add(reader, "ab", 2, 21);
    reply = smtp_reply_of(reader);
    assert_int_equal(reply.state, SMTP_REPLY_TOO_LARGE);
    assert_int_equal(reply.bytes, 0);
    assert_int_equal(reply.first_byte, -1);
    assert_int_equal(smtp_reply_left(reader), 1);
}

static void test_left_is_bounded(void **state)
{
    struct smtp_reply_reader *reader = smtp_reply_reader_new(&arena);
    static char flood[10000];

    (void)state;
    smtp_reply_add(reader, "220 a\r\n", 7, 1);
    for (unsigned i = 0; i < 100; i++)
        smtp_reply_add(reader, flood, sizeof flood, 2);
    assert_int_equal(smtp_reply_left(reader), SMTP_REPLY_MOST);
}

/* ---- what a reply says ---- */

static void test_text_and_enhanced_code(void **state)
{
    static const struct {
        const char *line, *text, *code;
    } cases[] = {
        {"421 4.3.2 Service not active", "4.3.2 Service not active", "4.3.2"},
        {"250-2.1.0 Ok", "2.1.0 Ok", "2.1.0"},
        {"550 5.7.999", "5.7.999", "5.7.999"},
        {"550 4.7.1 mixed", "4.7.1 mixed", NULL},
        {"550 5.7.1000 x", "5.7.1000 x", NULL},
        {"550 5.7", "5.7", NULL},
        {"550 5..1 x", "5..1 x", NULL},
        {"550 5.7.1x", "5.7.1x", NULL},
        {"220", "", NULL},
        {"220 ", "", NULL},
        {"22", "", NULL},
        {"hello", "", NULL},
        {"354 3.0.0 x", "3.0.0 x", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct smtp_line line = {0, cases[i].line, strlen(cases[i].line)};
        const char *code = smtp_enhanced_code(&line, &arena);

        assert_string_equal(smtp_line_text(&line), cases[i].text);
        if (cases[i].code)
            assert_string_equal(code, cases[i].code);
        else
            assert_null(code);
    }
}

static void test_keywords(void **state)
{
    struct smtp_reply ehlo = read_text("250-DSN greets you\r\n250-SIZE 37748736\r\n250-starttls\r\n"
                                       "250-AUTH GSSAPI NTLM\r\n250-SIZES\r\n250 X-EXPS \r\n");

    (void)state;
    assert_string_equal(smtp_keyword(&ehlo, "SIZE"), "37748736");
    assert_string_equal(smtp_keyword(&ehlo, "STARTTLS"), "");
    assert_string_equal(smtp_keyword(&ehlo, "auth"), "GSSAPI NTLM");
    assert_string_equal(smtp_keyword(&ehlo, "X-EXPS"), "");
    assert_null(smtp_keyword(&ehlo, "DSN"));
    assert_null(smtp_keyword(&ehlo, "START"));
}

/* Mailguard's greetings, keywords that an ASA made X, and banners that only have asterisks. */
static void test_masks(void **state)
{
    static const char *const masked[] = {
        "220 *************************************0*2******0***********2000\r\n",
        "220 ****\r\n",
        "220**********2******0\r\n",
        "2002***2***0*00\r\n",
        "220-****\r\n220 **2**\r\n",
        "220 SMTP/cmap____________________________________ read\r\n",
        "250-mail.contoso.com\r\n250-8BITMIME\r\n250-XXXXXXXA\r\n250 SIZE\r\n",
    };
    static const char *const plain[] = {
        "220 mail.contoso.com ESMTP\r\n",
        "220-****************\r\n220-* Authorised use *\r\n220 ****************\r\n",
        "220 *** mail ***\r\n",
        "220 2 0 2\r\n",
        "220\r\n",
        "250-mail\r\n250 XXXYZ\r\n",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++) {
        struct smtp_reply reply = read_text(masked[i]);

        assert_int_equal(reply.state, SMTP_REPLY_COMPLETE);
        assert_true(smtp_is_masked(&reply));
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        struct smtp_reply reply = read_text(plain[i]);

        assert_false(smtp_is_masked(&reply));
    }
}

static void test_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SMTP_REPLY_STATE_COUNT; i++) {
        enum smtp_reply_state reply = (enum smtp_reply_state)i;

        assert_int_equal(smtp_reply_state_from_word(smtp_reply_state_word(reply)), reply);
    }
    assert_int_equal(smtp_reply_state_from_word("nonsense"), SMTP_REPLY_PARTIAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_last_lines, forget),
        cmocka_unit_test_teardown(test_partial, forget),
        cmocka_unit_test_teardown(test_refusals_behind_a_teaser, forget),
        cmocka_unit_test_teardown(test_strange, forget),
        cmocka_unit_test_teardown(test_any_bytes, forget),
        cmocka_unit_test_teardown(test_times, forget),
        cmocka_unit_test_teardown(test_limits, forget),
        cmocka_unit_test_teardown(test_one_after_another, forget),
        cmocka_unit_test_teardown(test_lines_cut_short, forget),
        cmocka_unit_test_teardown(test_endless_rest_of_a_line, forget),
        cmocka_unit_test_teardown(test_left_is_bounded, forget),
        cmocka_unit_test_teardown(test_text_and_enhanced_code, forget),
        cmocka_unit_test_teardown(test_keywords, forget),
        cmocka_unit_test_teardown(test_masks, forget),
        cmocka_unit_test_teardown(test_words, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
