/* Configurations of IIS and logs of web requests as evidence: gathered, kept exactly, redacted. */
#include "diag/evidence/redact.h"
#include "diag/gather/http_log.h"
#include "diag/gather/iis_config.h"
#include "diag/read/iis_effective.h"
#include "tests/unit/round.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_path[] = EXDIAG_BINARY "/test_evidence_iis.data";

static void write_bytes(const char *text, size_t size)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    fwrite(text, 1, size, file);
    assert_int_equal(fclose(file), 0);
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

static struct evidence *gather_config(const char *path)
{
    const struct iis_config_file question = {.path = path};
    struct evidence *item = evidence_new(&evidence_iis_config, &question.evidence);

    gather_iis_config(item);
    item->key = arena_print(&item->memory, "iis-config %s", path);
    return item;
}

static struct evidence *gather_log(void)
{
    const struct http_log_digest question = {.path = file_path};
    struct evidence *item = evidence_new(&evidence_http_log, &question.evidence);

    gather_http_log(item);
    item->key = arena_print(&item->memory, "http-log %s", file_path);
    return item;
}

static char *redacted_text(const struct evidence *item, struct evidence_store *store,
                           struct evidence **copy)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {1, 2, 3};
    struct redactor *redactor = redactor_new(key);

    assert_int_equal(evidence_add_redacted(store, item, redactor, copy), STATUS_OK);
    redactor_free(redactor);
    return text_of(*copy);
}

static const char *const files[] = {
    EXDIAG_SOURCE "/tests/iis/2010/applicationHost.config",
    EXDIAG_SOURCE "/tests/iis/2016/applicationHost.config",
    EXDIAG_SOURCE "/tests/iis/se/applicationHost.config",
    EXDIAG_SOURCE "/tests/iis/2010/ClientAccess/exchweb/EWS/web.config",
    EXDIAG_SOURCE "/tests/iis/2019/FrontEnd/HttpProxy/PowerShell/web.config",
    EXDIAG_SOURCE "/tests/iis/2019/ClientAccess/PowerShell-Proxy/web.config",
    EXDIAG_SOURCE "/tests/iis/faults/fastcgi-of-site/applicationHost.config",
    EXDIAG_SOURCE "/tests/iis/faults/ews-encrypted/applicationHost.config",
    EXDIAG_SOURCE "/tests/iis/faults/extended-protection/applicationHost.config",
    EXDIAG_SOURCE "/tests/iis/faults/host-header/applicationHost.config"};

/* No password, key or argument is in evidence, redacted or not. */
static void test_configs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct evidence *item = gather_config(files[i]);
        char *text;

        assert_int_equal(item->status, STATUS_OK);
        check_round(item);
        text = text_of(item);
        assert_null(strstr(text, "Very-Secret"));
        assert_null(strstr(text, "svc-intranet"));
        assert_null(strstr(text, "sessionKey"));
        assert_null(strstr(text, "bm8ga2V5"));
        free(text);
        evidence_free(item);
    }
}

/* What judgements rest on stays; names of servers, hosts and pools of the customer's go. */
static void test_redacted_config(void **state)
{
    static const char *const gone[] = {"mail.contoso.com", "contoso", "Intranet", "EX13A"};
    static const char *const kept[] = {"kerbauth.dll",
                                       "WSMan",
                                       "Default Web Site/EWS",
                                       "MSExchangeServicesFrontEndAppPool",
                                       "LocalSystem",
                                       "SslNegotiateCert",
                                       "C:\\\\Program Files\\\\Microsoft\\\\Exchange Server",
                                       "system.webServer/handlers",
                                       "127.0.0.1",
                                       "15.0.847.32"};
    struct evidence_store *store = evidence_store_new();
    struct evidence *item = gather_config(files[9]), *copy;
    char *text = redacted_text(item, store, &copy);

    (void)state;
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        assert_null(strstr(text, gone[i]));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_non_null(strstr(text, kept[i]));
    check_round(copy);
    free(text);
    evidence_free(item);
    evidence_store_free(store);
}

/* A redacted file leads to what the file itself does. */
static void test_redacted_meaning(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct evidence *item = gather_config(files[6]), *copy;
    char *text = redacted_text(item, store, &copy);
    const struct iis_config_file *sides[] = {(const struct iis_config_file *)item,
                                             (const struct iis_config_file *)copy};
    struct iis_difference list[IIS_DIFFERENCES_MOST];
    struct iis_effective effective[2];
    struct arena memory = {0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct iis_file file = {&sides[i]->config, ""};
        struct iis_view view = {&file, 1, "Default Web Site/EWS", "Default Web Site/EWS"};

        iis_effective_read(&view, &memory, &effective[i]);
        assert_int_equal(effective[i].fault_count, 0);
    }
    assert_int_equal(effective[0].modules.count, effective[1].modules.count);
    /* but for the handler's name, which is the customer's */
    assert_int_equal(iis_compare(&effective[0], &effective[1], &memory, list), 2);
    assert_string_equal(list[0].name, "PHP_via_FastCGI");
    assert_true(iis_is_cgi(effective[1].handlers.entries[0].item));
    free(text);
    arena_release(&memory);
    evidence_free(item);
    evidence_store_free(store);
}

static void check_failure(const char *path, enum status status, const char *reason)
{
    struct evidence *item = gather_config(path);

    assert_int_equal(item->status, status);
    if (reason)
        assert_non_null(strstr(item->reason, reason));
    assert_int_equal(((const struct iis_config_file *)item)->config.location_count, 0);
    check_round(item);
    evidence_free(item);
}

static void test_refused_configs(void **state)
{
    static const char damaged[] = "<configuration>\n<a>";
    static const char bomb[] = "<!DOCTYPE a [<!ENTITY b 'c'>]><configuration>&b;</configuration>";
    size_t size = 2 * (size_t)XML_DOCUMENT_MOST + 3;
    char *large = memory_new(1, size);

    (void)state;
    check_failure("/no/such/file", STATUS_NOT_FOUND, NULL);
    check_failure(EXDIAG_SOURCE, STATUS_INVALID, NULL);
    write_bytes("plain text", 10);
    check_failure(file_path, STATUS_INVALID, "no configuration");
    write_bytes(damaged, sizeof damaged - 1);
    check_failure(file_path, STATUS_MALFORMED, "line 2: ");
    write_bytes(bomb, sizeof bomb - 1);
    check_failure(file_path, STATUS_MALFORMED, "document type");
    memset(large, ' ', size);
    memcpy(large, "<configuration>", 15);
    write_bytes(large, size);
    check_failure(file_path, STATUS_TOO_LARGE, "8 MB");
    write_bytes(large, XML_DOCUMENT_MOST + 1);
    check_failure(file_path, STATUS_TOO_LARGE, NULL);
    free(large);
}

static const char log_text[] =
    "DateTime,AuthenticatedUser,UserAgent,ServerHostName,SoapAction,HttpStatus,ErrorCode,"
    "TotalRequestTime,ClientIpAddress\r\n#Software: Microsoft Exchange Server\r\n#Version: "
    "15.01.2375.007\r\n#Log-type: EWS Logs\r\n"
    "2026-11-20T08:00:00.500Z,bob@contoso.com,MailStore for bob/1,EX1,GetItem,200,"
    "ErrorInternalServerTransientError,700,10.9.8.7\r\n"
    "2026-11-20T08:00:00.700Z,bob@contoso.com,MailStore for bob/1,EX1,Get_Contoso1,500,"
    "ErrorServerBusy,70000,10.9.8.7\r\n";

static void test_log(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct evidence *item, *copy;
    char *text;

    (void)state;
    write_bytes(log_text, sizeof log_text - 1);
    item = gather_log();
    assert_int_equal(item->status, STATUS_OK);
    check_round(item);
    text = text_of(item);
    assert_null(strstr(text, "contoso.com"));
    assert_null(strstr(text, "10.9.8.7"));
    assert_non_null(strstr(text, "EX1"));
    free(text);
    text = redacted_text(item, store, &copy);
    assert_null(strstr(text, "EX1"));
    assert_null(strstr(text, "bob"));
    assert_null(strstr(text, "Contoso1"));
    assert_non_null(strstr(text, "MailStore for "));
    assert_non_null(strstr(text, "GetItem"));
    assert_non_null(strstr(text, "ErrorInternalServerTransientError"));
    assert_non_null(strstr(text, "Microsoft Exchange Server 15.01.2375.007"));
    check_round(copy);
    free(text);
    evidence_free(item);
    evidence_store_free(store);
}

static void test_refused_logs(void **state)
{
    struct evidence *item;

    (void)state;
    write_bytes("#Software: Microsoft Exchange Server\n#Fields: a,b\n", 50);
    item = gather_log();
    assert_int_equal(item->status, STATUS_INVALID);
    assert_non_null(strstr(item->reason, "no log of web requests"));
    check_round(item);
    evidence_free(item);
    remove(file_path);
    item = gather_log();
    assert_int_equal(item->status, STATUS_NOT_FOUND);
    evidence_free(item);
}

/* Damaged evidence is read as far as it goes, within the limits of the model. */
static void test_damaged(void **state)
{
    static const char *const texts[] = {
        "{\"key\":\"iis-config a\",\"status\":\"ok\",\"time\":\"2026-11-20T08:00:00.000Z\","
        "\"path\":\"a\",\"locations\":[{},1,{\"path\":\"x\",\"sections\":[{\"section\":\"none\"},"
        "{\"section\":\"modules\",\"items\":[{},1,{\"name\":2}]}]}],\"sites\":[{\"name\":\"s\","
        "\"bindings\":[{\"protocol\":\"http\"}],\"applications\":[{}]}],\"builds\":[1,\"b\"]}",
        "{\"key\":\"http-log a\",\"status\":\"ok\",\"time\":\"2026-11-20T08:00:00.000Z\",\"path\":"
        "\"a\",\"rows\":[{},1,{\"spans\":[-1,\"x\",1,2,3,4,5,6,7,8,9]}],\"agents\":[{}]}"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct evidence_store *store = evidence_store_new();
        json_t *object = json_loads(texts[i], 0, NULL);

        assert_int_equal(evidence_from_json(store, object), STATUS_OK);
        check_round(evidence_store_first(store));
        json_object_del(object, "path");
        assert_int_equal(evidence_from_json(store, object), STATUS_MALFORMED);
        json_decref(object);
        evidence_store_free(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_configs),
                                       cmocka_unit_test(test_redacted_config),
                                       cmocka_unit_test(test_redacted_meaning),
                                       cmocka_unit_test(test_refused_configs),
                                       cmocka_unit_test(test_log),
                                       cmocka_unit_test(test_refused_logs),
                                       cmocka_unit_test(test_damaged)};

    return cmocka_run_group_tests(tests, NULL, remove_file);
}
