#include "diag/status.h"

#include <string.h>

static const struct {
    const char *token;
    const char *text;
} words[STATUS_COUNT] = {
#define X(name, token, text) [STATUS_##name] = {token, text},
    STATUS_LIST(X)
#undef X
};

const char *status_token(enum status status)
{
    return status < STATUS_COUNT ? words[status].token : "unknown-status";
}

const char *status_text(enum status status)
{
    return status < STATUS_COUNT ? words[status].text : "unknown status";
}

enum status status_from_token(const char *token)
{
    for (unsigned i = 0; i < STATUS_COUNT; i++) {
        if (strcmp(words[i].token, token) == 0)
            return (enum status)i;
    }
    return STATUS_COUNT;
}
