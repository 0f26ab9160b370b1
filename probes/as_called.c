#include "probes/as_called.h"

#include <string.h>

void set_as_called(struct examination *x, struct finding *finding, const enum service *services,
                   size_t count)
{
    const struct settings *settings = ask_settings(x);
    char resolver[NET_ADDRESS_TEXT_SIZE];

    for (size_t i = 0; i < settings->dns_count; i++) {
        net_address_format(&settings->dns[i], DNS_PORT, resolver);
        set_vouched(finding, VALUE_TEXT, "resolver", resolver, strlen(resolver));
    }
    for (size_t i = 0; i < count; i++) {
        uint16_t port = settings->ports[services[i]];
        struct buffer text;

        if (port == 0)
            continue;
        buffer_init(&text, 64);
        buffer_print(&text, "%s=%u", service_word(services[i]), port);
        set_vouched(finding, VALUE_TEXT, "kept-port", text.text, text.size);
        buffer_release(&text);
    }
}
