#include "diag/read/ews_code.h"

#include "diag/text.h"

#include <string.h>

static const char *const class_words[EWS_CLASS_COUNT] = {
#define X(name, word) [EWS_CLASS_##name] = word,
    EWS_CLASS_LIST(X)
#undef X
};

const char *ews_class_word(enum ews_class class)
{
    return class_words[class];
}

static const struct {
    const char *code;
    enum ews_class class;
} known[] = {
    {"ErrorInternalServerTransientError", EWS_CLASS_TRANSIENT},
    {"ErrorMailboxStoreUnavailable", EWS_CLASS_TRANSIENT},
    {"ErrorMailboxMoveInProgress", EWS_CLASS_TRANSIENT},
    {"ErrorMailboxFailover", EWS_CLASS_TRANSIENT},
    {"ErrorADUnavailable", EWS_CLASS_TRANSIENT},
    {"ErrorConnectionFailed", EWS_CLASS_TRANSIENT},
    {"ErrorTimeoutExpired", EWS_CLASS_TRANSIENT},
    {"ErrorInsufficientResources", EWS_CLASS_TRANSIENT},
    {"ErrorNotEnoughMemory", EWS_CLASS_TRANSIENT},
    {"ErrorServerBusy", EWS_CLASS_THROTTLED},
    {"ErrorExceededConnectionCount", EWS_CLASS_THROTTLED},
    {"ErrorExceededFindCountLimit", EWS_CLASS_THROTTLED},
    {"ErrorExceededSubscriptionCount", EWS_CLASS_THROTTLED},
    {"ErrorTooManyObjectsOpened", EWS_CLASS_THROTTLED},
    {"HTTP 429", EWS_CLASS_THROTTLED},
    {"ErrorMimeContentConversionFailed", EWS_CLASS_CONVERSION},
    {"ErrorContentConversionFailed", EWS_CLASS_CONVERSION},
    {"ErrorUnsupportedMimeConversion", EWS_CLASS_CONVERSION},
    {"ErrorUnsupportedTypeForConversion", EWS_CLASS_CONVERSION},
    {"ErrorMimeContentInvalid", EWS_CLASS_CONVERSION},
    {"ErrorItemCorrupt", EWS_CLASS_CONVERSION},
    {"ErrorCorruptData", EWS_CLASS_CONVERSION},
    {"ErrorAccessDenied", EWS_CLASS_DENIED},
    {"ErrorImpersonationFailed", EWS_CLASS_DENIED},
    {"ErrorImpersonationDenied", EWS_CLASS_DENIED},
    {"ErrorImpersonateUserDenied", EWS_CLASS_DENIED},
    {"ErrorMailboxLogonFailed", EWS_CLASS_DENIED},
    {"ErrorAccountDisabled", EWS_CLASS_DENIED},
    {"ErrorPasswordExpired", EWS_CLASS_DENIED},
    {"ErrorPasswordChangeRequired", EWS_CLASS_DENIED},
    {"HTTP 401", EWS_CLASS_DENIED},
    {"HTTP 403", EWS_CLASS_DENIED},
    {"ErrorItemNotFound", EWS_CLASS_GONE},
    {"ErrorFolderNotFound", EWS_CLASS_GONE},
    {"ErrorParentFolderNotFound", EWS_CLASS_GONE},
    {"ErrorNonExistentMailbox", EWS_CLASS_GONE},
};

static enum ews_class class_of(const char *code, size_t size)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].code) == size && memcmp(known[i].code, code, size) == 0)
            return known[i].class;
    }
    return EWS_CLASS_OTHER;
}

enum ews_class ews_class_of(const char *code)
{
    return code ? class_of(code, strlen(code)) : EWS_CLASS_NONE;
}

size_t ews_code_complete(const char *start, const char **one)
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strncmp(known[i].code, start, strlen(start)) == 0) {
            *one = known[i].code;
            count++;
        }
    }
    return count;
}

static bool is_word(char character)
{
    return text_is_letter(character) || text_is_digit(character) || character == '_';
}

/* Words that are spelled like codes, of messages that print one beside them. */
static bool is_label(const char *word, size_t size)
{
    static const char *const labels[] = {"ErrorCode", "ErrorMessage"};

    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (strlen(labels[i]) == size && memcmp(labels[i], word, size) == 0)
            return true;
    }
    return false;
}

/* The size of the code that begins at `text`, whose first byte is an E; 0 if none does. */
static size_t code_at(const char *text, size_t size)
{
    size_t taken = 5;

    if (size < 6 || memcmp(text, "Error", 5) != 0 || text[5] < 'A' || text[5] > 'Z')
        return 0;
    while (taken < size && is_word(text[taken]))
        taken++;
    return taken <= EWS_CODE_MOST && !is_label(text, taken) ? taken : 0;
}

size_t ews_code_find(const char *text, size_t size, size_t *start)
{
    const char *at = text, *end = text + size;
    size_t first = 0;

    while (at < end && (at = memchr(at, 'E', (size_t)(end - at)))) {
        size_t taken = at > text && is_word(at[-1]) ? 0 : code_at(at, (size_t)(end - at));
        bool is_known = taken > 0 && class_of(at, taken) != EWS_CLASS_OTHER;

        if (is_known || (taken > 0 && first == 0)) {
            *start = (size_t)(at - text);
            first = taken;
        }
        if (is_known)
            return taken;
        at += taken ? taken : 1;
    }
    return first;
}
