#include "diag/gather/clock_exchange.h"

#include "diag/platform.h"

#include <stdlib.h>

enum {
    ATTEMPTS = 3,
    FIRST_WAIT = 1000000,   /* microseconds, doubled each time; as is the next */
    SAMPLING = 500000,      /* from the first question on, for more samples */
    WIDE = 2000,            /* as wide as an interval on a near network may be; microseconds too */
    QUICK = 50000,          /* all exchanges, connecting included */
    RECEIVE_BUFFER = 65536, /* bytes */
    PIECE_SIZE = 4096,
    WAIT_MOST = 60000 /* milliseconds */
};

struct attempt {
    struct clock_nonce nonce;
    int64_t sent;
};

struct asking { /* one exchange of datagrams */
    struct clock_inquiry *inquiry;
    const struct clock_protocol *protocol;
    platform_socket socket;
    struct attempt attempts[ATTEMPTS];
    size_t attempt_count;
    bool heard_another; /* something came that is no answer */
    unsigned char *room;
};

int64_t clock_now(const struct clock_inquiry *inquiry)
{
    return platform_monotonic_clock() - inquiry->origin->monotonic;
}

enum status clock_take_sample(struct clock_reading *reading, const struct clock_sample *sample)
{
    if (!clock_sample_is_possible(sample, reading->resolution)) {
        reading->evidence.reason = "it says it held the question longer than the exchange took";
        return STATUS_MALFORMED;
    }
    reading->samples[reading->sample_count++] = *sample;
    return STATUS_OK;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- datagrams ---- */

/* Whom of our questions this answers, the oldest first. */
static enum status read_datagram(struct asking *asking, size_t size, int64_t received)
{
    struct clock_reading *reading = asking->inquiry->reading;
    enum status status = STATUS_MALFORMED;

    for (size_t i = 0; i < asking->attempt_count; i++) {
        struct clock_sample sample = {.sent = asking->attempts[i].sent, .received = received};

        status = asking->protocol->read(reading, &asking->attempts[i].nonce, asking->room, size,
                                        &sample);
        if (status == STATUS_OK)
            return clock_take_sample(reading, &sample);
        if (status != STATUS_MALFORMED && status != STATUS_AGAIN)
            return status;
    }
    return STATUS_AGAIN;
}

/* STATUS_AGAIN where no datagram waits that is an answer. */
static enum status look(struct asking *asking)
{
    for (;;) {
        size_t size;
        enum status status =
            platform_receive(asking->socket, asking->room, CLOCK_ANSWER_MOST, &size);
        int64_t received = clock_now(asking->inquiry);

        if (status != STATUS_OK)
            return status;
        status = read_datagram(asking, size, received);
        if (status != STATUS_AGAIN)
            return status;
        asking->heard_another = true;
    }
}

static enum status wait_for_answer(struct asking *asking, int64_t until)
{
    enum status status;

    while ((status = look(asking)) == STATUS_AGAIN) {
        struct platform_waiter waiter = {.socket = asking->socket, .to_read = true};
        int64_t left = (until - clock_now(asking->inquiry) + 999) / 1000;

        if (left <= 0)
            return STATUS_TIMED_OUT;
        platform_wait(&waiter, 1, NULL, (int)earlier(left, WAIT_MOST));
    }
    return status;
}

static enum status send_question(struct asking *asking)
{
    struct attempt *attempt = &asking->attempts[asking->attempt_count];
    struct buffer question;
    enum status status = platform_random(&attempt->nonce, sizeof attempt->nonce);
    size_t sent;

    if (status != STATUS_OK)
        return status;
    buffer_init(&question, CLOCK_ANSWER_MOST);
    asking->protocol->write(asking->inquiry->reading, &attempt->nonce, &question);
    attempt->sent = clock_now(asking->inquiry);
    status = platform_send(asking->socket, question.text, question.size, &sent);
    buffer_release(&question);
    asking->attempt_count++;
    return status == STATUS_AGAIN ? STATUS_OK : status; /* lost, as any datagram may be */
}

/* Asks up to so many times, and waits until `until` at most. */
static enum status exchange(struct asking *asking, unsigned attempts, int64_t until)
{
    enum status status = STATUS_TIMED_OUT;
    int64_t wait = FIRST_WAIT, now;

    asking->attempt_count = 0;
    asking->heard_another = false;
    while (status == STATUS_TIMED_OUT && attempts-- > 0 && !asking->heard_another &&
           (now = clock_now(asking->inquiry)) < until) {
        status = send_question(asking);
        if (status == STATUS_OK)
            status = wait_for_answer(asking, attempts ? earlier(until, now + wait) : until);
        wait *= 2;
    }
    return status;
}

static enum status take_samples(struct asking *asking)
{
    struct clock_inquiry *inquiry = asking->inquiry;
    int64_t until = clock_now(inquiry) + SAMPLING;
    enum status status = exchange(asking, ATTEMPTS, inquiry->deadline);

    if (status == STATUS_TIMED_OUT && asking->heard_another) {
        inquiry->reading->evidence.reason = "what came is no answer to what was asked";
        return STATUS_MALFORMED;
    }
    if (status != STATUS_OK)
        return status;
    for (unsigned i = 1; i < asking->protocol->exchanges && clock_now(inquiry) < until; i++) {
        if (exchange(asking, 1, earlier(until, inquiry->deadline)) != STATUS_OK)
            break;
    }
    inquiry->reading->evidence.reason = NULL;
    return STATUS_OK;
}

enum status clock_ask_udp(struct clock_inquiry *inquiry, const struct clock_protocol *protocol)
{
    struct asking asking = {.inquiry = inquiry, .protocol = protocol};
    size_t granted;
    enum status status =
        platform_udp_open(&inquiry->reading->address, RECEIVE_BUFFER, &asking.socket, &granted);

    if (status != STATUS_OK)
        return status;
    asking.room = memory_new(1, CLOCK_ANSWER_MOST);
    status = take_samples(&asking);
    free(asking.room);
    platform_socket_close(asking.socket);
    return status;
}

/* ---- streams ---- */

int64_t clock_stream_deadline(const struct clock_inquiry *inquiry, const struct stream *stream)
{
    return inquiry->deadline + inquiry->origin->monotonic - stream->opened;
}

/* STATUS_AGAIN while the answer is not whole. */
static enum status read_stream(struct clock_inquiry *inquiry, const struct clock_protocol *protocol,
                               const struct clock_nonce *nonce, const struct buffer *heard,
                               struct clock_sample *sample)
{
    const unsigned char *bytes = (const unsigned char *)heard->text;
    size_t size = heard->size;

    if (protocol->frame) {
        size_t whole = protocol->frame(bytes, size);

        if (whole == SIZE_MAX)
            return STATUS_MALFORMED;
        if (whole == 0 || whole > size)
            return STATUS_AGAIN;
        size = whole;
    }
    return protocol->read(inquiry->reading, nonce, bytes, size, sample);
}

static enum status hear(struct clock_inquiry *inquiry, const struct clock_protocol *protocol,
                        const struct clock_nonce *nonce, struct stream *stream,
                        struct clock_sample *sample)
{
    int64_t deadline = clock_stream_deadline(inquiry, stream);
    enum status status = STATUS_AGAIN;
    struct buffer heard;

    buffer_init(&heard, CLOCK_ANSWER_MOST);
    while (status == STATUS_AGAIN) {
        char piece[PIECE_SIZE];
        size_t size;

        status = stream_receive(stream, piece, sizeof piece, &size, deadline);
        if (status != STATUS_OK)
            break;
        sample->received = clock_now(inquiry);
        buffer_add(&heard, piece, size);
        status = heard.truncated ? STATUS_TOO_LARGE
                                 : read_stream(inquiry, protocol, nonce, &heard, sample);
    }
    buffer_release(&heard);
    return status;
}

static enum status ask_on(struct clock_inquiry *inquiry, const struct clock_protocol *protocol,
                          struct stream *stream)
{
    struct clock_sample sample = {0};
    struct clock_nonce nonce;
    struct buffer question;
    enum status status = platform_random(&nonce, sizeof nonce);

    if (status != STATUS_OK)
        return status;
    buffer_init(&question, CLOCK_ANSWER_MOST);
    protocol->write(inquiry->reading, &nonce, &question);
    sample.sent = clock_now(inquiry);
    status =
        stream_send(stream, question.text, question.size, clock_stream_deadline(inquiry, stream));
    buffer_release(&question);
    if (status == STATUS_OK)
        status = hear(inquiry, protocol, &nonce, stream, &sample);
    return status == STATUS_OK ? clock_take_sample(inquiry->reading, &sample) : status;
}

static enum status ask_once(struct clock_inquiry *inquiry, const struct clock_protocol *protocol)
{
    struct stream stream;
    enum status status =
        stream_open(&stream, &inquiry->reading->address, inquiry->deadline - clock_now(inquiry));

    if (status == STATUS_OK)
        status = ask_on(inquiry, protocol, &stream);
    stream_close(&stream);
    return status;
}

static bool is_worth_another(const struct clock_inquiry *inquiry, int64_t began)
{
    const struct clock_interval interval = clock_interval_of(inquiry->reading);

    return interval.most - interval.least > WIDE && clock_now(inquiry) - began < QUICK;
}

enum status clock_ask_tcp(struct clock_inquiry *inquiry, const struct clock_protocol *protocol)
{
    int64_t began = clock_now(inquiry);
    enum status status = ask_once(inquiry, protocol);

    for (unsigned i = 1; i < protocol->exchanges && status == STATUS_OK; i++) {
        if (!is_worth_another(inquiry, began) || ask_once(inquiry, protocol) != STATUS_OK)
            break;
    }
    if (status == STATUS_OK)
        inquiry->reading->evidence.reason = NULL;
    return status;
}
