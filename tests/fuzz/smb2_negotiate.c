/* Any bytes are a refusal or a sound answer; only a whole frame of the right size is one. */
#include "diag/read/smb2_negotiate.h"

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
    struct smb2_negotiated out;
    size_t frame = smb2_frame_size(data, size);
    enum status status = smb2_read_negotiated(data, size, &out);

    check(frame == 0 || frame == SIZE_MAX || frame <= size);
    check(status == STATUS_OK || status == STATUS_MALFORMED || status == STATUS_REJECTED);
    if (status != STATUS_OK)
        return 0;
    check(frame == size);
    check(out.system_time >= 0 && (out.started >= 0 || out.started == INT64_MIN));
    check(out.dialect >= 0x0202 && out.dialect <= 0x0311);
    return 0;
}
