#include "tests/lab/world_web.h"

#include "tests/lab/ews_web.h"
#include "tests/lab/web_script.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * ex01      has none of the updates that its build has had
 * ex13      Exchange 2013 SP1, left over
 * mbx1      a node of the DAG, through which meeting requests cannot be read
 * mbx2      the other one, through which they can
 * the rest  have the newest build
 */
static const struct {
    const char *address, *name, *node; /* node: as it calls itself */
    enum world_build build;
    const char *ews; /* tests/lab/ews_web.h has the behaviours */
} hosts[] = {
    {"127.0.0.44", "ex01.contoso.com", "EX01", WORLD_BUILD_BEHIND, "fine"},
    {"127.0.0.26", "ex02.contoso.com", "EX02", WORLD_BUILD_NEWEST, "fine"},
    {"127.0.0.47", "ex03.contoso.com", "EX03", WORLD_BUILD_NEWEST, "fine"},
    {"127.0.0.48", "ex04.contoso.com", "EX04", WORLD_BUILD_NEWEST, "fine"},
    {"127.0.0.49", "ex05.contoso.com", "EX05", WORLD_BUILD_NEWEST, "fine"},
    {"127.0.0.50", "ex06.contoso.com", "EX06", WORLD_BUILD_NEWEST, "fine"},
    {"127.0.0.45", "cas.contoso.com", "EX05", WORLD_BUILD_NEWEST, "fine"},
    {"127.0.0.51", "mbx1.contoso.com", "MBX1", WORLD_BUILD_NEWEST, "transient"},
    {"127.0.0.52", "mbx2.contoso.com", "MBX2", WORLD_BUILD_NEWEST, "fine"},
    {"127.0.0.53", "ex13.contoso.com", "EX13", WORLD_BUILD_UNSUPPORTED, "fine"},
};

enum { HOSTS = COUNT(hosts) };

struct host {
    struct ews_web ews;
    struct web_peer pages; /* what its web site answers besides */
};

struct world_web {
    struct arena memory;
    struct host hosts[HOSTS];
    struct web_peer list[HOSTS];
    struct web_peers *peers;
};

static void answer(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char ews[] = "/EWS/";
    struct host *host = context;

    if (strncmp(heard->path, ews, sizeof ews - 1) == 0)
        ews_web_answer(&host->ews, heard, reply);
    else
        host->pages.answer(host->pages.context, heard, reply);
}

static enum status prepare(struct world_web *web, size_t i, const char *build)
{
    struct host *host = &web->hosts[i];
    enum status status = ews_web_read(hosts[i].ews, hosts[i].node, &host->ews);

    host->ews.lab.version = build;
    if (status == STATUS_OK)
        status =
            web_script_read(arena_print(&web->memory, "owa=%s", build), &web->memory, &host->pages);
    web->list[i] = (struct web_peer){.address = hosts[i].address,
                                     .name = hosts[i].name,
                                     .over_tls = true,
                                     .certificate = SMTP_PEER_TRUSTED,
                                     .answer = answer,
                                     .context = host};
    return status;
}

enum status world_web_start(const struct world_builds *builds, uint16_t *port,
                            struct world_web **out)
{
    struct world_web *web = memory_new(1, sizeof *web);
    enum status status = STATUS_OK;

    for (size_t i = 0; i < HOSTS && status == STATUS_OK; i++)
        status = prepare(web, i, builds->list[hosts[i].build].number);
    *port = 0;
    if (status == STATUS_OK)
        status = web_peers_start(web->list, HOSTS, port, &web->peers);
    if (status != STATUS_OK) {
        (void)world_web_stop(web);
        return status;
    }
    *out = web;
    return STATUS_OK;
}

enum status world_web_stop(struct world_web *web)
{
    if (!web)
        return STATUS_OK;
    if (web->peers && web_peers_stop(web->peers) != STATUS_OK)
        return STATUS_TIMED_OUT;
    arena_release(&web->memory);
    free(web);
    return STATUS_OK;
}

const char *world_web_authority(const struct world_web *web)
{
    return web_peers_authority(web->peers);
}
