/* First tokens of Kerberos, by MIT's library, with tickets of a collection in memory. */
#include "diag/platform_kerberos.h"

#include "posix/kerberos.h"
#include "posix/security.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 1024, PRINCIPAL_MOST = 4096 };

struct kerberos_client {
    struct kerberos_tickets *tickets;
    char *principal; /* of the service, with its realm */
};

/* STATUS_REJECTED: the KDC gives none. */
static enum status fetch(struct kerberos_client *client, const struct kerberos_service *service,
                         const char *realm, int64_t deadline, struct kerberos_told *told)
{
    struct buffer cross;
    struct kerberos_grant grant = {.cross = &cross};
    enum status status;

    buffer_init(&cross, NAME_MOST);
    status = kerberos_tickets_get(client->tickets, service->kdc, realm, service->spn, deadline,
                                  &grant, told->why);
    told->error_code = grant.error_code;
    told->server_time = grant.server_time;
    if (status == STATUS_OK && cross.size > 0)
        buffer_print(told->why, "its realm %s refers to %s, which is not asked", realm, cross.text);
    if (status == STATUS_OK && (grant.error_code != 0 || cross.size > 0))
        status = STATUS_REJECTED;
    buffer_release(&cross);
    return status;
}

static enum status name_service(struct kerberos_client *client,
                                const struct kerberos_service *service, const char *realm)
{
    struct buffer principal;
    bool fits;

    if (!realm)
        return STATUS_NOT_FOUND;
    buffer_init(&principal, PRINCIPAL_MOST);
    buffer_print(&principal, "%s@%s", service->spn, realm);
    fits = !principal.truncated;
    client->principal = memory_copy_string(principal.text);
    buffer_release(&principal);
    return fits ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status platform_kerberos_client(const struct kerberos_service *service, int64_t deadline,
                                     struct kerberos_told *told, struct kerberos_client **out)
{
    struct kerberos_client *client;
    const char *realm = service->realm, *own;
    enum status status;

    *out = NULL;
    if (strpbrk(service->spn, "@\\") || (realm && strpbrk(realm, "@\\")))
        return STATUS_INVALID;
    client = memory_new(1, sizeof *client);
    status = kerberos_tickets_open(&client->tickets, told->caller, told->why);
    own = strrchr(told->caller->text, '@');
    if (!realm && own)
        realm = own + 1;
    if (status == STATUS_OK)
        status = name_service(client, service, realm);
    if (status == STATUS_OK && service->kdc)
        status = fetch(client, service, realm, deadline, told);
    if (status == STATUS_OK)
        *out = client;
    else
        platform_kerberos_client_free(client);
    return status;
}

void platform_kerberos_client_free(struct kerberos_client *client)
{
    if (!client)
        return;
    kerberos_tickets_close(client->tickets);
    free(client->principal);
    free(client);
}

enum status platform_kerberos_token(struct kerberos_client *client, const void *binding,
                                    size_t binding_size, struct buffer *out,
                                    struct kerberos_told *told)
{
    const struct security_target target = {.tickets = kerberos_tickets_name(client->tickets),
                                           .principal = client->principal,
                                           .binding = binding,
                                           .binding_size = binding_size};
    struct security *security;
    enum status status = security_open(&target, &security, told->why);
    bool is_known;

    if (status == STATUS_OK)
        status = security_step(security, NULL, 0, out, &is_known, told->why);
    security_close(security);
    return status == STATUS_OK && out->truncated ? STATUS_TOO_LARGE : status;
}
