/* A password that several show: who may, who waits, and what a refusal comes to. */
#include "tests/unit/unit.h"

#include "diag/gather/logon_trial.h"
#include "diag/platform.h"

#include <pthread.h>
#include <time.h>

static bool may(struct logon_trial *trial, enum logon_place place, const char *reason)
{
    struct buffer why;
    bool begun;

    buffer_init(&why, 200);
    begun = logon_trial_begin(trial, place, false, &why);
    if (begun || !reason)
        assert_int_equal(why.size, 0);
    else
        assert_string_equal(why.text, reason);
    buffer_release(&why);
    return begun;
}

/* Refused at one place, it is shown at no other, in either order. */
static void a_refusal_counts_everywhere(void **state)
{
    static const char *const reasons[] = {
        "this logon was refused before, by a directory, and is not tried again: 52e",
        "this logon was refused before, by a web server, and is not tried again: 52e"};

    (void)state;
    for (unsigned place = 0; place < LOGON_PLACES; place++) {
        struct logon_trial *trial = logon_trial_new();

        assert_true(may(trial, (enum logon_place)place, NULL));
        logon_trial_end(trial, (enum logon_place)place, LOGON_REFUSED, "52e");
        assert_false(may(trial, (enum logon_place) !place, reasons[place]));
        assert_false(may(trial, (enum logon_place)place,
                         "this logon was refused before, and is not tried again: 52e"));
        logon_trial_leave(trial);
    }
}

/* Each may have counted it, and each is waited for: not for ever, but for who took it. */
static void silence_is_not_waited_for_again_and_again(void **state)
{
    struct logon_trial *trial = logon_trial_new();

    (void)state;
    assert_true(may(trial, LOGON_AT_DIRECTORIES, NULL));
    logon_trial_end(trial, LOGON_AT_DIRECTORIES, LOGON_TAKEN, NULL);
    assert_true(may(trial, LOGON_AT_WEB_SERVERS, NULL));
    logon_trial_end(trial, LOGON_AT_WEB_SERVERS, LOGON_UNDECIDED, NULL);
    for (unsigned i = 0; i < LOGON_SILENCES_MOST; i++) {
        assert_true(may(trial, LOGON_AT_WEB_SERVERS, NULL));
        logon_trial_end(trial, LOGON_AT_WEB_SERVERS, LOGON_SILENT, NULL);
    }
    assert_false(may(trial, LOGON_AT_WEB_SERVERS,
                     "4 times nobody answered this logon, and it is not tried again"));
    assert_true(may(trial, LOGON_AT_DIRECTORIES, NULL));
    logon_trial_leave(trial);
}

/* Who took it knows it to be right, and is shown it whatever another place makes of it. */
static void who_took_it_keeps_it(void **state)
{
    struct logon_trial *trial = logon_trial_new();

    (void)state;
    assert_true(may(trial, LOGON_AT_DIRECTORIES, NULL));
    logon_trial_end(trial, LOGON_AT_DIRECTORIES, LOGON_TAKEN, NULL);
    assert_true(may(trial, LOGON_AT_WEB_SERVERS, NULL));
    logon_trial_end(trial, LOGON_AT_WEB_SERVERS, LOGON_REFUSED, "mail.contoso.com");
    assert_false(may(trial, LOGON_AT_WEB_SERVERS,
                     "this logon was refused before, and is not tried again: mail.contoso.com"));
    assert_true(may(trial, LOGON_AT_DIRECTORIES, NULL));
    logon_trial_end(trial, LOGON_AT_DIRECTORIES, LOGON_REFUSED, NULL);
    logon_trial_end(trial, LOGON_AT_DIRECTORIES, LOGON_TAKEN, NULL);
    assert_false(may(trial, LOGON_AT_DIRECTORIES,
                     "this logon was refused before, and is not tried again: mail.contoso.com"));
    logon_trial_leave(trial);
}

/* A server that says nothing of it leaves it to the next. */
static void what_is_undecided_is_tried_again(void **state)
{
    struct logon_trial *trial = logon_trial_new();

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        assert_true(may(trial, (enum logon_place)(i % 2), NULL));
        logon_trial_end(trial, (enum logon_place)(i % 2), LOGON_UNDECIDED, "closed");
    }
    logon_trial_leave(trial);
}

struct waiter {
    struct logon_trial *trial;
    bool begun;
};

static void *wait_for_it(void *context)
{
    struct waiter *waiter = context;

    waiter->begun = may(waiter->trial, LOGON_AT_WEB_SERVERS,
                        "this logon was refused before, by a directory, and is not tried again");
    if (waiter->begun)
        logon_trial_end(waiter->trial, LOGON_AT_WEB_SERVERS, LOGON_TAKEN, NULL);
    return NULL;
}

/* While it is tried at one place it is tried at no other. */
static void it_is_tried_at_one_place_at_a_time(void **state)
{
    static const enum logon_verdict verdicts[] = {LOGON_REFUSED, LOGON_UNDECIDED, LOGON_TAKEN};

    (void)state;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        struct waiter waiter = {.trial = logon_trial_new()};
        const struct timespec moment = {.tv_nsec = 20000000};
        pthread_t thread;

        assert_true(may(waiter.trial, LOGON_AT_DIRECTORIES, NULL));
        assert_int_equal(pthread_create(&thread, NULL, wait_for_it, &waiter), 0);
        nanosleep(&moment, NULL);
        logon_trial_end(waiter.trial, LOGON_AT_DIRECTORIES, verdicts[i], NULL);
        pthread_join(thread, NULL);
        assert_int_equal(waiter.begun, verdicts[i] != LOGON_REFUSED);
        logon_trial_leave(waiter.trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_counts_everywhere),
        cmocka_unit_test(silence_is_not_waited_for_again_and_again),
        cmocka_unit_test(who_took_it_keeps_it),
        cmocka_unit_test(what_is_undecided_is_tried_again),
        cmocka_unit_test(it_is_tried_at_one_place_at_a_time),
    };

    return platform_init() == STATUS_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 2;
}
