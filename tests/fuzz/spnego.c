/* Any token holds something within its bytes, or nothing; what is found in it is read on. */
#include "diag/read/spnego.h"

#include "diag/read/ber.h"
#include "diag/read/kerberos_error.h"
#include "diag/read/ntlm_challenge.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* The bytes as an AP-REQ: a token around them, in which no answer is found. */
static void check_request(const uint8_t *data, size_t size)
{
    const unsigned char *inner;
    struct buffer token;
    size_t inner_size;

    buffer_init(&token, size + 256);
    spnego_write_ap_req(data, size, &token);
    check(!token.truncated);
    check(ber_element_size((unsigned char *)token.text, token.size, token.size) == token.size);
    check(spnego_content_of((unsigned char *)token.text, token.size, &inner, &inner_size) ==
          SPNEGO_NONE);
    buffer_clear(&token);
    spnego_write_token(data, size, &token);
    check(!token.truncated);
    check(ber_element_size((unsigned char *)token.text, token.size, token.size) == token.size);
    buffer_release(&token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ntlm_challenge challenge;
    struct kerberos_error error;
    const unsigned char *inner;
    size_t inner_size;
    enum spnego_content content = spnego_content_of(data, size, &inner, &inner_size);
    struct arena arena = {0};

    check((content == SPNEGO_NONE) == (inner == NULL));
    if (inner)
        check(inner >= data && inner_size <= size && inner + inner_size <= data + size);
    if (content == SPNEGO_NTLM_CHALLENGE)
        (void)ntlm_read_challenge(inner, inner_size, &arena, &challenge);
    if (content == SPNEGO_KERBEROS_ERROR &&
        kerberos_read_error(inner, inner_size, &arena, &error) == STATUS_OK)
        check(error.server_time >= 0);
    arena_release(&arena);
    check_request(data, size);
    return 0;
}
