/* Built without the headers of OpenLDAP's and MIT's libraries: no directory is asked. */
#include "diag/platform_directory.h"
#include "diag/platform_kerberos.h"

static const char missing[] = "this program was built without OpenLDAP's and MIT's libraries";

bool platform_has_directories(void)
{
    return false;
}

enum status platform_directory_open(const struct directory_target *target, int64_t deadline,
                                    int *result, struct buffer *why, struct directory_session **out)
{
    (void)target;
    (void)deadline;
    *result = 0;
    *out = NULL;
    buffer_add_string(why, missing);
    return STATUS_NOT_SUPPORTED;
}

void platform_directory_close(struct directory_session *session)
{
    (void)session;
}

enum status platform_directory_search(struct directory_session *session,
                                      struct directory_page *page,
                                      const struct directory_taker *taker, int64_t deadline,
                                      int *result, struct buffer *why)
{
    (void)session;
    (void)page;
    (void)taker;
    (void)deadline;
    *result = 0;
    buffer_add_string(why, missing);
    return STATUS_NOT_SUPPORTED;
}

enum status platform_kerberos_caller(struct buffer *principal, struct buffer *why)
{
    (void)principal;
    buffer_add_string(why, missing);
    return STATUS_NOT_SUPPORTED;
}

enum status platform_kerberos_ticket(struct ticket_answer *answer, int64_t deadline,
                                     struct buffer *why)
{
    (void)answer;
    (void)deadline;
    buffer_add_string(why, missing);
    return STATUS_NOT_SUPPORTED;
}

enum status platform_kerberos_logon_open(struct smtp_logon *answer, int64_t deadline,
                                         struct buffer *why, struct kerberos_logon **out)
{
    (void)answer;
    (void)deadline;
    *out = NULL;
    buffer_add_string(why, missing);
    return STATUS_NOT_SUPPORTED;
}

enum status platform_kerberos_logon_step(struct kerberos_logon *logon, const void *in, size_t size,
                                         struct buffer *out, struct buffer *why)
{
    (void)logon;
    (void)in;
    (void)size;
    (void)out;
    (void)why;
    return STATUS_NOT_SUPPORTED;
}

void platform_kerberos_logon_close(struct kerberos_logon *logon)
{
    (void)logon;
}

enum status platform_kerberos_client(const struct kerberos_service *service, int64_t deadline,
                                     struct kerberos_told *told, struct kerberos_client **out)
{
    (void)service;
    (void)deadline;
    *out = NULL;
    buffer_add_string(told->why, missing);
    return STATUS_NOT_SUPPORTED;
}

void platform_kerberos_client_free(struct kerberos_client *client)
{
    (void)client;
}

enum status platform_kerberos_token(struct kerberos_client *client, const void *binding,
                                    size_t binding_size, struct buffer *out,
                                    struct kerberos_told *told)
{
    (void)client;
    (void)binding;
    (void)binding_size;
    (void)out;
    (void)told;
    return STATUS_NOT_SUPPORTED;
}
