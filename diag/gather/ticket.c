#include "diag/gather/ticket.h"

#include "diag/platform.h"
#include "diag/platform_directory.h"
#include "diag/text.h"

enum { SLACK = 2000 /* milliseconds */, WHY_MOST = 1024 };

int64_t gather_ticket_allowance(const struct gather_options *options)
{
    return (int64_t)(options->timeout + SLACK) * 1000;
}

void gather_ticket(struct evidence *item, const struct gather_options *options)
{
    struct ticket_answer *answer = (struct ticket_answer *)item;
    int64_t deadline = platform_monotonic_clock() + (int64_t)options->timeout * 1000;
    struct buffer why;

    buffer_init(&why, WHY_MOST);
    if (options->anonymous)
        item->status = STATUS_NOT_FOUND;
    else
        item->status = platform_kerberos_ticket(answer, deadline, &why);
    if (why.size > 0)
        item->reason = text_printable(&item->memory, why.text, why.size);
    buffer_release(&why);
    item->settled = true;
}
