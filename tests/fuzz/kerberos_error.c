/*
 * Any bytes as the answer of a KDC: what is read says a time; a request for any names is
 * whole, and is no answer; and a frame is cut as it says.
 */
#include "diag/read/kerberos_error.h"
#include "diag/read/ber.h"
#include "diag/read/kerberos_request.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_error(enum status status, const struct kerberos_error *error)
{
    bool is_read = status == STATUS_OK;

    check(is_read || status == STATUS_MALFORMED || status == STATUS_EXISTS);
    check(is_read ? error->code >= 0 && error->server_time >= 0 : error->server_time == 0);
    check(error->client_time == INT64_MIN || (is_read && error->client_time >= 0));
    check(is_read || (!error->realm && !error->server));
    check(!error->realm || text_is_utf8(error->realm, strlen(error->realm)));
    check(!error->server || text_is_utf8(error->server, strlen(error->server)));
    (void)kerberos_error_name(error->code);
}

/* Of a service, all three named alike: one element, and no answer either. */
static void check_service_request(const char *name, struct buffer *out)
{
    static const unsigned char noise[KRB_NOISE_SIZE] = "noise";
    struct arena arena = {0};
    struct kerberos_error error;

    kerberos_write_ap_req(name, name, name, noise, out);
    check(!out->truncated);
    check(ber_element_size((const unsigned char *)out->text, out->size, out->size) == out->size);
    check(kerberos_read_error((const unsigned char *)out->text, out->size, &arena, &error) ==
          STATUS_MALFORMED);
    arena_release(&arena);
}

/* The bytes as the name of a client, and of a realm. */
static void check_request(const uint8_t *data, size_t size, struct arena *arena)
{
    const char *name = arena_copy(arena, data, size < 1000 ? size : 1000);
    struct kerberos_error error;
    struct buffer out;
    const unsigned char *bytes;

    buffer_init(&out, 8192);
    kerberos_write_as_req(name, name, (uint32_t)size * 2654435761u, &out);
    kerberos_wrap_frame(&out, 0);
    check(!out.truncated);
    bytes = (const unsigned char *)out.text;
    check(kerberos_frame_size(bytes, out.size) == out.size);
    check(ber_element_size(bytes + KRB_FRAME_SIZE, out.size - KRB_FRAME_SIZE, out.size) ==
          out.size - KRB_FRAME_SIZE);
    check(kerberos_read_error(bytes + KRB_FRAME_SIZE, out.size - KRB_FRAME_SIZE, arena, &error) ==
          STATUS_MALFORMED);
    buffer_clear(&out);
    check_service_request(name, &out);
    buffer_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t frame = kerberos_frame_size(data, size);
    struct arena arena = {0};
    struct kerberos_error error;

    check_error(kerberos_read_error(data, size, &arena, &error), &error);
    check(frame == 0 || frame == SIZE_MAX ||
          (frame > KRB_FRAME_SIZE && frame <= KRB_FRAME_SIZE + KRB_MESSAGE_MOST));
    check_request(data, size, &arena);
    arena_release(&arena);
    return 0;
}
