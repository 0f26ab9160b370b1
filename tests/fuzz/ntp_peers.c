/* Any list is read within bounds to its end; each peer is a part of it, behind the one before. */
#include "diag/read/ntp_peers.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    char *text = malloc(size + 1);
    const char *list = text, *before = text;
    struct ntp_peer peer;

    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    while (ntp_peer_next(&list, &peer)) {
        check(peer.text >= before && peer.size > 0 && peer.text + peer.size == list);
        check(peer.host_size <= peer.size);
        check(peer.is_malformed || peer.host_size > 0);
        check(peer.has_flags || peer.flags == 0);
        before = list;
    }
    check(*list == '\0');
    free(text);
    text = malloc(size ? size : 1);
    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    peer = ntp_peer_read(text, size);
    check(peer.host_size <= size);
    free(text);
    return 0;
}
