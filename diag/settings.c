#include "diag/settings.h"

#include <string.h>

static const struct {
    const char *word;
    uint16_t port;
} services[SERVICE_COUNT] = {
#define X(name, word, port) [SERVICE_##name] = {word, port},
    SERVICE_LIST(X)
#undef X
};

const char *service_word(enum service service)
{
    return services[service].word;
}

enum service service_from_word(const char *word)
{
    unsigned service = 0;

    while (service < SERVICE_COUNT && strcmp(services[service].word, word) != 0)
        service++;
    return (enum service)service;
}

uint16_t service_usual_port(enum service service)
{
    return services[service].port;
}

uint16_t service_port(const struct settings *settings, enum service service)
{
    return settings->ports[service] ? settings->ports[service] : services[service].port;
}
