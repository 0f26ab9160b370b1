/* Any bytes as the wire form of a name and as its text: every way leads back. */
#include "diag/read/dns_name.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool right)
{
    if (!right)
        abort();
}

static void check_fold(const char *name)
{
    struct buffer once, twice;

    buffer_init(&once, 4 * strlen(name) + 1);
    buffer_init(&twice, 4 * strlen(name) + 1);
    dns_name_fold(name, &once);
    dns_name_fold(once.text, &twice);
    require(strcmp(once.text, twice.text) == 0);
    require(dns_name_equal(name, once.text) || strcmp(name, "") == 0);
    require(dns_name_is_below(name, dns_name_parent(name)));
    buffer_release(&once);
    buffer_release(&twice);
}

static void check_wire(const uint8_t *data, size_t size)
{
    char text[DNS_NAME_TEXT_SIZE];
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t wire_size;

    if (dns_name_from_wire(data, size, text) != STATUS_OK)
        return;
    require(strlen(text) < sizeof text);
    require(dns_name_to_wire(text, wire, &wire_size) == STATUS_OK);
    require(wire_size <= size && memcmp(wire, data, wire_size) == 0);
    check_fold(text);
}

static void check_text(const uint8_t *data, size_t size)
{
    char *text = memory_new(size + 1, 1), again[DNS_NAME_TEXT_SIZE];
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t wire_size;

    memcpy(text, data, size);
    if (dns_name_to_wire(text, wire, &wire_size) == STATUS_OK) {
        require(dns_name_from_wire(wire, wire_size, again) == STATUS_OK);
        require(dns_name_equal(text, again));
    }
    check_fold(text);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing[1];

    if (!data)
        data = nothing;
    check_wire(data, size);
    check_text(data, size);
    return 0;
}
