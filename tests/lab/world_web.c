#include "tests/lab/world_web.h"

#include "diag/text.h"
#include "tests/lab/ews_web.h"
#include "tests/lab/powershell_web.h"
#include "tests/lab/web_script.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * ex01      has none of the updates that its build has had
 * ex13      Exchange 2013 SP1, left over, whose PowerShell directory answers 500
 * mbx1      a node of the DAG, through which meeting requests cannot be read
 * mbx2      the other one, through which they can
 * the rest  have the newest build
 */
static const struct {
    const char *address, *name, *node; /* node: as it calls itself */
    enum world_build build;
    const char *ews;   /* tests/lab/ews_web.h has the behaviours */
    const char *shell; /* tests/lab/powershell_web.h has those */
    bool has_http;     /* nobody else answers for it there */
} hosts[] = {
    {"127.0.0.44", "ex01.contoso.com", "EX01", WORLD_BUILD_BEHIND, "fine", "fine@EX01", false},
    {"127.0.0.26", "ex02.contoso.com", "EX02", WORLD_BUILD_NEWEST, "fine", "fine@EX02", true},
    {"127.0.0.47", "ex03.contoso.com", "EX03", WORLD_BUILD_NEWEST, "fine", "fine@EX03", true},
    {"127.0.0.48", "ex04.contoso.com", "EX04", WORLD_BUILD_NEWEST, "fine", "fine@EX04", true},
    {"127.0.0.49", "ex05.contoso.com", "EX05", WORLD_BUILD_NEWEST, "fine", "fine@EX05", true},
    {"127.0.0.50", "ex06.contoso.com", "EX06", WORLD_BUILD_NEWEST, "fine", "fine@EX06", true},
    {"127.0.0.45", "cas.contoso.com", "EX05", WORLD_BUILD_NEWEST, "fine", "fine@EX05", false},
    {"127.0.0.51", "mbx1.contoso.com", "MBX1", WORLD_BUILD_NEWEST, "transient", "fine@MBX1", true},
    {"127.0.0.52", "mbx2.contoso.com", "MBX2", WORLD_BUILD_NEWEST, "fine", "fine@MBX2", true},
    {"127.0.0.53", "ex13.contoso.com", "EX13", WORLD_BUILD_UNSUPPORTED, "fine", "empty@EX13", true},
};

enum { HOSTS = COUNT(hosts) };

struct host {
    struct ews_web ews;
    char *shell;           /* of powershell_web_answer() */
    struct web_peer pages; /* what its web site answers besides */
};

struct world_web {
    struct arena memory;
    struct host hosts[HOSTS];
    struct web_peer list[HOSTS];  /* the front ends, over TLS */
    struct web_peer back[HOSTS];  /* the back ends */
    struct web_peer plain[HOSTS]; /* the front ends without TLS */
    struct web_peers *peers, *back_ends, *plain_peers;
    size_t plain_count;
    const char *authorities; /* PEM: of the front ends, and of the back ends */
};

static void answer(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char ews[] = "/EWS/", shell[] = "/powershell";
    struct host *host = context;

    if (strncmp(heard->path, ews, sizeof ews - 1) == 0)
        ews_web_answer(&host->ews, heard, reply);
    else if (text_starts_fold(heard->path, strlen(heard->path), shell) ||
             strstr(heard->path, "healthcheck.htm"))
        powershell_web_answer(host->shell, heard, reply);
    else
        host->pages.answer(host->pages.context, heard, reply);
}

static enum status prepare(struct world_web *web, size_t i, const char *build)
{
    struct host *host = &web->hosts[i];
    enum status status = ews_web_read(hosts[i].ews, hosts[i].node, &host->ews);

    host->ews.lab.version = build;
    host->shell = arena_copy_string(&web->memory, hosts[i].shell);
    if (status == STATUS_OK)
        status =
            web_script_read(arena_print(&web->memory, "owa=%s", build), &web->memory, &host->pages);
    web->list[i] = (struct web_peer){.address = hosts[i].address,
                                     .name = hosts[i].name,
                                     .over_tls = true,
                                     .certificate = SMTP_PEER_TRUSTED,
                                     .answer = answer,
                                     .context = host};
    web->back[i] = web->list[i];
    web->back[i].answer = powershell_web_answer;
    web->back[i].context = arena_print(&web->memory, "fine@%s", hosts[i].node);
    if (hosts[i].has_http)
        web->plain[web->plain_count++] = (struct web_peer){
            .address = hosts[i].address, .answer = powershell_web_answer, .context = host->shell};
    return status;
}

static enum status start_peers(struct world_web *web, uint16_t ports[SERVICE_COUNT])
{
    enum status status;

    ports[SERVICE_HTTPS] = ports[SERVICE_BACKEND] = 0;
    status = web_peers_start(web->list, HOSTS, &ports[SERVICE_HTTPS], &web->peers);
    if (status == STATUS_OK)
        status = web_peers_start(web->back, HOSTS, &ports[SERVICE_BACKEND], &web->back_ends);
    if (status == STATUS_OK)
        status =
            web_peers_start(web->plain, web->plain_count, &ports[SERVICE_HTTP], &web->plain_peers);
    if (status == STATUS_OK)
        web->authorities = arena_print(&web->memory, "%s%s", web_peers_authority(web->peers),
                                       web_peers_authority(web->back_ends));
    return status;
}

enum status world_web_start(const struct world_builds *builds, uint16_t ports[SERVICE_COUNT],
                            struct world_web **out)
{
    struct world_web *web = memory_new(1, sizeof *web);
    enum status status = STATUS_OK;

    for (size_t i = 0; i < HOSTS && status == STATUS_OK; i++)
        status = prepare(web, i, builds->list[hosts[i].build].number);
    if (status == STATUS_OK)
        status = start_peers(web, ports);
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
    if ((web->peers && web_peers_stop(web->peers) != STATUS_OK) ||
        (web->back_ends && web_peers_stop(web->back_ends) != STATUS_OK) ||
        (web->plain_peers && web_peers_stop(web->plain_peers) != STATUS_OK))
        return STATUS_TIMED_OUT;
    arena_release(&web->memory);
    free(web);
    return STATUS_OK;
}

const char *world_web_authority(const struct world_web *web)
{
    return web->authorities;
}
