/* Codes of EWS: found in sentences of any language, and told apart by what they mean. */
#include "diag/read/ews_code.h"
#include "tests/unit/unit.h"

#include <string.h>

static void test_classes(void **state)
{
    static const struct {
        const char *code;
        enum ews_class class;
    } rows[] = {
        {"ErrorInternalServerTransientError", EWS_CLASS_TRANSIENT},
        {"ErrorMailboxStoreUnavailable", EWS_CLASS_TRANSIENT},
        {"ErrorADUnavailable", EWS_CLASS_TRANSIENT},
        {"ErrorConnectionFailed", EWS_CLASS_TRANSIENT},
        {"ErrorMailboxMoveInProgress", EWS_CLASS_TRANSIENT},
        {"ErrorTimeoutExpired", EWS_CLASS_TRANSIENT},
        {"ErrorInsufficientResources", EWS_CLASS_TRANSIENT},
        {"ErrorServerBusy", EWS_CLASS_THROTTLED},
        {"ErrorExceededConnectionCount", EWS_CLASS_THROTTLED},
        {"HTTP 429", EWS_CLASS_THROTTLED},
        {"ErrorMimeContentConversionFailed", EWS_CLASS_CONVERSION},
        {"ErrorAccessDenied", EWS_CLASS_DENIED},
        {"ErrorImpersonationFailed", EWS_CLASS_DENIED},
        {"HTTP 401", EWS_CLASS_DENIED},
        {"ErrorItemNotFound", EWS_CLASS_GONE},
        {"ErrorInternalServerError", EWS_CLASS_OTHER},
        {"HTTP 503", EWS_CLASS_OTHER},
        {"errorserverbusy", EWS_CLASS_OTHER},
        {"ErrorServerBus", EWS_CLASS_OTHER},
        {"", EWS_CLASS_OTHER},
        {NULL, EWS_CLASS_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(ews_class_of(rows[i].code), rows[i].class);
    assert_string_equal(ews_class_word(EWS_CLASS_TRANSIENT), "transient");
}

#define LONGEST "ErrorAbcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvw"

static void test_find(void **state)
{
    static const struct {
        const char *text;
        const char *code; /* or NULL */
    } rows[] = {
        {"EWS Error K\xc3\xb3"
         "d: ErrorServerBusy.",
         "ErrorServerBusy"},
        {"ServiceError.ErrorServerBusy", "ErrorServerBusy"},
        {"ErrorServerBusy", "ErrorServerBusy"},
        {"(ErrorStrange1_x)", "ErrorStrange1_x"},
        {"ErrorStrange, then ErrorServerBusy", "ErrorServerBusy"},
        {"ErrorStrange, then ErrorOther", "ErrorStrange"},
        {"ErrorCode: 5, ErrorMessage: none", NULL},
        {"MyErrorServerBusy _ErrorServerBusy 1ErrorServerBusy", NULL},
        {"Error Erroneous Errors error", NULL},
        {"An ErrorA", "ErrorA"},
        {"EEErrorServerBusy", NULL},
        {"", NULL},
        {LONGEST, LONGEST},
        {LONGEST "x", NULL},
    };

    (void)state;
    assert_int_equal(strlen(LONGEST), EWS_CODE_MOST);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t start = 999, size = ews_code_find(rows[i].text, strlen(rows[i].text), &start);

        if (!rows[i].code) {
            assert_int_equal(size, 0);
            continue;
        }
        assert_int_equal(size, strlen(rows[i].code));
        assert_memory_equal(rows[i].text + start, rows[i].code, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_find),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
