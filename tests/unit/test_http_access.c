/* What becomes of a password or token that a server refuses. */
#include "diag/gather/http_access.h"
#include "tests/unit/unit.h"

static struct http_access *access_of_alice(void)
{
    return http_access_new(
        &(struct http_credentials){.user = "alice@contoso.com", .password = "correct horse"});
}

static void conclude(struct http_access *access, enum logon_verdict verdict)
{
    http_access_concluded(access, WEB_BASIC, verdict, "mail.contoso.com");
}

static bool may_try(struct http_access *access, bool cleans_up)
{
    struct buffer why;
    bool may;

    buffer_init(&why, 200);
    may = http_access_try(access, WEB_BASIC, cleans_up, &why);
    assert_int_equal(why.size > 0, !may);
    buffer_release(&why);
    return may;
}

static void what_was_refused_is_not_sent_again(void **state)
{
    struct http_access *access = access_of_alice();

    (void)state;
    assert_true(may_try(access, false));
    conclude(access, LOGON_REFUSED);
    assert_false(may_try(access, false));
    assert_false(may_try(access, true)); /* it was a guess */
    http_access_leave(access);
}

/* What was taken was no guess: one more try, for what has to be cleaned up, and not two. */
static void what_was_taken_before_may_clean_up(void **state)
{
    struct http_access *access = access_of_alice();

    (void)state;
    assert_true(may_try(access, false));
    conclude(access, LOGON_TAKEN);
    assert_true(may_try(access, false));
    conclude(access, LOGON_REFUSED);
    assert_false(may_try(access, false));
    assert_true(may_try(access, true));
    conclude(access, LOGON_REFUSED);
    assert_false(may_try(access, true));
    http_access_leave(access);
}

static void what_is_taken_again_is_taken(void **state)
{
    struct http_access *access = access_of_alice();

    (void)state;
    assert_true(may_try(access, false));
    conclude(access, LOGON_TAKEN);
    conclude(access, LOGON_REFUSED);
    assert_true(may_try(access, true));
    conclude(access, LOGON_TAKEN);
    assert_true(may_try(access, false));
    conclude(access, LOGON_TAKEN);
    http_access_leave(access);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_refused_is_not_sent_again),
                                       cmocka_unit_test(what_was_taken_before_may_clean_up),
                                       cmocka_unit_test(what_is_taken_again_is_taken)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
