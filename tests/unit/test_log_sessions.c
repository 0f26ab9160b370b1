/* Sessions whose lines are mixed: found again, ended, and given up where too many are open. */
#include "diag/read/log_sessions.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

enum { MANY = 4 * LOG_SESSIONS_MOST };

struct session {
    struct log_session open;
    unsigned commands;
};

static struct session *session_of(struct log_sessions *sessions, unsigned number, uint64_t line)
{
    char id[LOG_SESSION_ID_MOST + 1];

    snprintf(id, sizeof id, "08DF%012X", number);
    return log_session_of(sessions, id, line);
}

static size_t places_taken(const struct log_sessions *sessions)
{
    size_t count = 0;

    for (size_t i = 0; i < LOG_SESSIONS_MOST; i++)
        count += sessions->places[i] != NULL;
    return count;
}

static size_t open_ones(const struct log_sessions *sessions)
{
    size_t count = 0;

    for (size_t i = 0; i < LOG_SESSIONS_MOST; i++)
        count += log_session_at(sessions, i) != NULL;
    return count;
}

static void test_mixed(void **state)
{
    struct log_sessions sessions;

    (void)state;
    log_sessions_init(&sessions, sizeof(struct session));
    for (unsigned line = 1; line <= 3000; line++)
        session_of(&sessions, line / 2 % 3, line)->commands++;
    assert_int_equal(open_ones(&sessions), 3);
    for (unsigned number = 0; number < 3; number++)
        assert_int_equal(session_of(&sessions, number, 3001)->commands, 1000);
    assert_int_equal(session_of(&sessions, 2, 4000)->open.used, 4000);
    log_sessions_release(&sessions);
    assert_null(log_session_at(&sessions, 0));
}

/* One that has ended is another one if its id comes again, at once or later. */
static void test_ended(void **state)
{
    struct log_sessions sessions;

    (void)state;
    log_sessions_init(&sessions, sizeof(struct session));
    session_of(&sessions, 1, 1)->commands = 7;
    memset(session_of(&sessions, 1, 2), 0, sizeof(struct session));
    assert_int_equal(open_ones(&sessions), 0);
    assert_int_equal(session_of(&sessions, 1, 3)->commands, 0);
    assert_int_equal(open_ones(&sessions), 1);
    log_sessions_release(&sessions);
}

/* Sessions one after the other take the places of those before them, and no open one's. */
static void test_one_after_another(void **state)
{
    struct log_sessions sessions;

    (void)state;
    log_sessions_init(&sessions, sizeof(struct session));
    for (unsigned number = 0; number < 100; number++)
        session_of(&sessions, MANY + number, 1)->commands = number + 1;
    for (unsigned number = 0; number < MANY; number++)
        memset(session_of(&sessions, number, 2 + number), 0, sizeof(struct session));
    assert_in_range(places_taken(&sessions), 100, 100 + LOG_SESSIONS_MOST / 8);
    assert_int_equal(open_ones(&sessions), 100);
    for (unsigned number = 0; number < 100; number++)
        assert_int_equal(session_of(&sessions, MANY + number, MANY)->commands, number + 1);
    log_sessions_release(&sessions);
}

/* None of them ends: those that were idle for longest give way, and one that goes on does not. */
static void test_too_many(void **state)
{
    struct log_sessions sessions;

    (void)state;
    log_sessions_init(&sessions, sizeof(struct session));
    for (unsigned number = 1; number <= MANY; number++) {
        session_of(&sessions, number, 2 * number)->commands = number;
        session_of(&sessions, 0, 2 * number + 1)->commands++;
    }
    assert_int_equal(open_ones(&sessions), LOG_SESSIONS_MOST);
    assert_int_equal(session_of(&sessions, 0, 3 * MANY)->commands, MANY);
    assert_int_equal(session_of(&sessions, MANY, 3 * MANY)->commands, MANY);
    assert_int_equal(session_of(&sessions, 1, 3 * MANY)->commands, 0);
    log_sessions_release(&sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_ended),
        cmocka_unit_test(test_one_after_another),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
