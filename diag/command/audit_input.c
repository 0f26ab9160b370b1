#include "diag/command/audit_input.h"

#include "diag/memory.h"
#include "diag/platform.h"

#include <stdlib.h>

struct piece {
    char *bytes; /* AUDIT_PIECE of them */
    size_t size;
    enum status status;
};

struct audit_input {
    void (*wake)(void *context);
    void *context;
    struct piece taken;           /* the coordinator's */
    struct piece read;            /* the thread's */
    struct platform_mutex *mutex; /* guards: */
    struct platform_condition *emptied;
    struct piece ready;
    bool is_ready;
    bool is_left;  /* by the coordinator */
    bool is_ended; /* the thread */
};

static void swap(struct piece *a, struct piece *b)
{
    struct piece piece = *a;

    *a = *b;
    *b = piece;
}

static void destroy(struct audit_input *input)
{
    platform_mutex_free(input->mutex);
    platform_condition_free(input->emptied);
    free(input->taken.bytes);
    free(input->read.bytes);
    free(input->ready.bytes);
    free(input);
}

/* Hands over what was read; false once nobody wants it, or nothing follows. */
static bool hand_over(struct audit_input *input)
{
    bool goes_on = input->read.size > 0;

    platform_mutex_lock(input->mutex);
    while (input->is_ready && !input->is_left)
        platform_condition_wait(input->emptied, input->mutex);
    if (!input->is_left) {
        swap(&input->read, &input->ready);
        input->is_ready = true;
        input->wake(input->context);
    }
    goes_on = goes_on && !input->is_left;
    platform_mutex_unlock(input->mutex);
    return goes_on;
}

static void read_input(void *argument)
{
    struct audit_input *input = argument;
    bool is_left;

    do
        input->read.status = platform_input_read(input->read.bytes, AUDIT_PIECE, &input->read.size);
    while (hand_over(input));
    platform_mutex_lock(input->mutex);
    input->is_ended = true;
    is_left = input->is_left;
    platform_mutex_unlock(input->mutex);
    if (is_left)
        destroy(input);
}

enum status audit_input_new(void (*wake)(void *context), void *context, struct audit_input **out)
{
    struct audit_input *input = memory_new(1, sizeof *input);
    enum status status;

    input->wake = wake;
    input->context = context;
    input->mutex = platform_mutex_new();
    input->emptied = platform_condition_new();
    input->taken.bytes = memory_new(AUDIT_PIECE, 1);
    input->read.bytes = memory_new(AUDIT_PIECE, 1);
    input->ready.bytes = memory_new(AUDIT_PIECE, 1);
    status = platform_thread_start(read_input, input);
    if (status == STATUS_OK)
        *out = input;
    else
        destroy(input);
    return status;
}

void audit_input_free(struct audit_input *input)
{
    bool is_ended;

    if (!input)
        return;
    platform_mutex_lock(input->mutex);
    input->is_left = true;
    is_ended = input->is_ended;
    platform_condition_signal(input->emptied);
    platform_mutex_unlock(input->mutex);
    if (is_ended)
        destroy(input);
}

bool audit_input_take(struct audit_input *input, const char **bytes, size_t *size,
                      enum status *status)
{
    bool is_ready;

    platform_mutex_lock(input->mutex);
    is_ready = input->is_ready;
    if (is_ready) {
        swap(&input->taken, &input->ready);
        input->is_ready = false;
        platform_condition_signal(input->emptied);
    }
    platform_mutex_unlock(input->mutex);
    if (!is_ready)
        return false;
    *bytes = input->taken.bytes;
    *size = input->taken.size;
    *status = input->taken.status;
    return true;
}
