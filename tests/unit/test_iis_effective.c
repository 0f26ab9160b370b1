/* What holds for a virtual directory: inheritance of IIS, locks, faults, and two servers' compared.
 */
#include "tests/unit/iis.h"

static struct iis_effective effective;

#define WEB(inner)      "<system.webServer>" inner "</system.webServer>"
#define AT(path, inner) "<location path='" path "'>" WEB(inner) "</location>"
#define CONFIG(inner)   "<configuration>" inner "</configuration>"
#define ADD(name)       "<add name='" name "'/>"
#define REMOVE(name)    "<remove name='" name "'/>"

/* Of up to three documents and their places; a NULL place ends them. */
static const struct iis_effective *judge(const char *path, const char *application,
                                         const char *const (*documents)[2])
{
    static struct iis_config configs[4];
    static struct iis_file files[4];
    struct iis_view view = {.files = files, .path = path, .application = application};

    for (; documents[view.file_count][0]; view.file_count++) {
        configs[view.file_count] = config_of(documents[view.file_count][1]);
        files[view.file_count] =
            (struct iis_file){&configs[view.file_count], documents[view.file_count][0]};
    }
    iis_effective_read(&view, &iis_memory, &effective);
    return &effective;
}

static const struct iis_effective *judge_ews(const char *server, const char *site, const char *own)
{
    const char *const documents[][2] = {{own    ? "Default Web Site/EWS"
                                         : site ? "Default Web Site"
                                                : "",
                                         own    ? own
                                         : site ? site
                                                : server},
                                        {own    ? (site ? "Default Web Site" : "")
                                         : site ? ""
                                                : NULL,
                                         own && site ? site : server},
                                        {own && site ? "" : NULL, server},
                                        {NULL, NULL}};

    return judge("Default Web Site/EWS", "Default Web Site/EWS", documents);
}

static const char *names_of(const struct iis_list *list)
{
    struct buffer out;

    buffer_init(&out, 4096);
    for (size_t i = 0; i < list->count; i++)
        buffer_print(&out, "%s%s%s", i ? " " : "", list->entries[i].item->name,
                     list->entries[i].origin.is_inherited ? "^" : "");
    return buffer_keep(&out, &iis_memory);
}

/* From the server to the folder; the folder's own file has the last word. */
static void test_order(void **state)
{
    const char *server =
        CONFIG(WEB("<modules>" ADD("a") ADD("b") "</modules>")
                   AT("default web site/ews", "<modules>" REMOVE("b") ADD("d") "</modules>")
                       AT("Default Web Site", "<modules>" ADD("c") "</modules>")
                           AT("Default Web Site/EWS/bin", "<modules><clear/></modules>")
                               AT("Default Web Sit", "<modules><clear/></modules>")
                                   AT("Exchange Back End/EWS", "<modules><clear/></modules>"));
    const char *site = CONFIG(WEB("<modules>" ADD("e") "</modules>")
                                  AT("EWS", "<modules>" ADD("f") REMOVE("a") "</modules>"));
    const char *own = CONFIG(WEB("<modules>" ADD("g") REMOVE("d") ADD("a") "</modules>"));

    (void)state;
    assert_string_equal(names_of(&judge_ews(server, NULL, NULL)->modules), "a^ c^ d");
    assert_true(effective.has_server && !effective.has_own);
    assert_string_equal(names_of(&judge_ews(server, site, NULL)->modules), "c^ e^ d f");
    assert_string_equal(names_of(&judge_ews(server, site, own)->modules), "c^ e^ f g a");
    assert_true(effective.has_own);
    assert_int_equal(effective.fault_count, 0);
}

/* Handlers that are added below are tried before those from above, in their own order. */
static void test_handlers(void **state)
{
    const char *server = CONFIG(WEB("<handlers>" ADD("a") ADD("b") ADD("z") "</handlers>") AT(
        "Default Web Site", "<handlers>" ADD("c") ADD("d") REMOVE("b") "</handlers>"));
    const char *own = CONFIG(WEB("<handlers><clear/>" ADD("e") ADD("f") "</handlers>"));

    (void)state;
    assert_string_equal(names_of(&judge_ews(server, NULL, NULL)->handlers), "c^ d^ a^ z^");
    assert_string_equal(names_of(&judge_ews(server, NULL, own)->handlers), "e f");
    assert_non_null(iis_entry_of(&effective.handlers, "E"));
    assert_null(iis_entry_of(&effective.handlers, "a"));
}

/* inheritInChildApplications: what a site keeps to itself is not for the applications below. */
static void test_not_inherited(void **state)
{
    const char *server = CONFIG("<location path='Default Web Site' inheritInChildApplications="
                                "'false'>" WEB("<modules>" ADD("a") "</modules>") "</location>");
    const char *const documents[][2] = {{"", server}, {NULL, NULL}};

    (void)state;
    assert_int_equal(judge_ews(server, NULL, NULL)->modules.count, 0);
    /* a folder that is no application of its own */
    assert_int_equal(judge("Default Web Site/a", "Default Web Site", documents)->modules.count, 1);
    assert_int_equal(judge("Default Web Site", "Default Web Site", documents)->modules.count, 1);
}

static void test_settings(void **state)
{
    const char *server =
        CONFIG(WEB("<security><access sslFlags='None'/><authentication><basicAuthentication "
                   "enabled='true'/><windowsAuthentication><providers><add value='Negotiate'/><add "
                   "value='NTLM'/></providers></windowsAuthentication></authentication></security>")
                   AT("Default Web Site/EWS",
                      "<security><access sslFlags='Ssl, SslNegotiateCert'/><authentication>"
                      "<basicAuthentication enabled='false'/><windowsAuthentication enabled='true'>"
                      "<providers><clear/><add value='NTLM'/></providers></windowsAuthentication>"
                      "</authentication></security>"));

    (void)state;
    judge_ews(server, NULL, NULL);
    assert_int_equal(effective.enabled[IIS_BASIC], IIS_FALSE);
    assert_int_equal(effective.enabled[IIS_WINDOWS], IIS_TRUE);
    assert_int_equal(effective.enabled[IIS_ANONYMOUS], IIS_UNSET);
    assert_null(effective.origins[IIS_ANONYMOUS].file);
    assert_string_equal(effective.texts[IIS_ACCESS], "Ssl, SslNegotiateCert");
    assert_false(effective.origins[IIS_ACCESS].is_inherited);
    assert_string_equal(names_of(&effective.providers), "NTLM");
    assert_true(iis_has_flag(effective.texts[IIS_ACCESS], "ssl"));
    assert_true(iis_has_flag("SslNegotiateCert,Ssl128", "Ssl128"));
    assert_false(iis_has_flag("SslNegotiateCert, Ssl128", "Ssl"));
    assert_false(iis_has_flag(NULL, "Ssl"));
    assert_false(iis_has_flag("", "Ssl"));
}

static const struct iis_fault *only_fault(enum iis_fault_kind kind)
{
    assert_int_equal(effective.fault_count, 1);
    assert_int_equal(effective.faults[0].kind, kind);
    assert_true(*iis_fault_word(kind));
    return effective.faults;
}

#define DECLARE(mode, more)                                                                        \
    "<configSections><sectionGroup name='system.webServer'><section name='modules' "               \
    "overrideModeDefault='" mode "' " more "/></sectionGroup></configSections>"

/* What a file above has locked is an error where a folder says it all the same, and not so. */
static void test_locks(void **state)
{
    const char *own = CONFIG("\n" WEB("<modules>" ADD("x") "</modules>"));
    const char *unlocked =
        "<location path='' overrideMode='Allow'>" WEB("<modules/>") "</location>";
    char text[2000];

    (void)state;
    judge_ews(CONFIG(DECLARE("Deny", "")), NULL, own);
    assert_int_equal(only_fault(IIS_FAULT_LOCKED)->section, IIS_MODULES);
    assert_null(effective.faults[0].name);
    assert_int_equal(effective.faults[0].line, 2);
    assert_string_equal(effective.faults[0].file->place, "Default Web Site/EWS");
    assert_int_equal(effective.modules.count, 0);

    judge_ews(CONFIG(DECLARE("Allow", "allowDefinition='AppHostOnly'")), NULL, own);
    only_fault(IIS_FAULT_LOCKED);
    judge_ews(CONFIG(DECLARE("Allow", "")), NULL, own);
    assert_int_equal(effective.modules.count, 1);
    snprintf(text, sizeof text, CONFIG(DECLARE("Deny", "") "%s"), unlocked);
    judge_ews(text, NULL, own);
    assert_int_equal(effective.modules.count, 1);
    assert_int_equal(effective.fault_count, 0);
    /* the nearest location decides, wherever it stands */
    snprintf(text, sizeof text,
             CONFIG("<location path='Default Web Site' overrideMode='Deny'>" WEB(
                 "<modules/>") "</location>%s"),
             unlocked);
    judge_ews(text, NULL, own);
    only_fault(IIS_FAULT_LOCKED);
    /* a name that merely begins alike is another place */
    judge_ews(CONFIG("<location path='Default Web Sit' overrideMode='Deny'>" WEB(
                  "<modules/>") "</location>"),
              NULL, own);
    assert_int_equal(effective.modules.count, 1);
    /* what applicationHost.config itself says is never locked */
    judge_ews(
        CONFIG(DECLARE("Deny", "") AT("Default Web Site/EWS", "<modules>" ADD("x") "</modules>")),
        NULL, NULL);
    assert_int_equal(effective.modules.count, 1);
}

static void test_locked_items(void **state)
{
    const char *server =
        CONFIG(WEB("<modules>" ADD("a") "<add name='b' lockItem='true'/></modules>")
                   AT("Default Web Site", "<modules>" ADD("c") "</modules>"));

    (void)state;
    judge_ews(server, NULL,
              CONFIG(WEB("<modules>" REMOVE("A") REMOVE("b") REMOVE("none") "</modules>")));
    assert_string_equal(only_fault(IIS_FAULT_LOCKED_ITEM)->name, "b");
    assert_string_equal(names_of(&effective.modules), "b^ c^");
    judge_ews(server, NULL, CONFIG(WEB("<modules><clear/></modules>")));
    assert_string_equal(only_fault(IIS_FAULT_LOCKED_ITEM)->name, "b");
    assert_int_equal(effective.modules.count, 3);
}

static void test_duplicates(void **state)
{
    (void)state;
    judge_ews(CONFIG(WEB("<globalModules>" ADD("a") ADD("A") "</globalModules>")), NULL, NULL);
    assert_string_equal(only_fault(IIS_FAULT_DUPLICATE)->name, "A");
    assert_int_equal(effective.faults[0].section, IIS_GLOBAL_MODULES);
    assert_int_equal(effective.global_modules.count, 1);
}

/* A module that is native by its form and has no image: IIS takes it for a managed one. */
static void test_no_image(void **state)
{
    const char *server = CONFIG(WEB("<globalModules>" ADD("a") "</globalModules>"));
    const char *own =
        CONFIG(WEB("<modules>" ADD("a") ADD("kerbauth") "<add name='m' type='T'/></modules>"));

    (void)state;
    judge_ews(server, NULL, own);
    assert_string_equal(only_fault(IIS_FAULT_NO_IMAGE)->name, "kerbauth");
    assert_string_equal(effective.faults[0].file->place, "Default Web Site/EWS");
    /* without applicationHost.config nobody knows */
    judge_ews(own, NULL, NULL);
    assert_int_equal(effective.fault_count, 0);
}

/* ---- whole servers ---- */

struct server {
    struct iis_config host, web;
    struct iis_file files[2];
    struct iis_effective effective;
};

static void load(struct server *server, const char *host, const char *web, const char *path)
{
    struct iis_view view = {.files = server->files, .path = path, .application = path};

    server->host = config_of_file(host);
    server->files[view.file_count++] = (struct iis_file){&server->host, ""};
    if (web) {
        server->web = config_of_file(web);
        server->files[view.file_count++] = (struct iis_file){&server->web, path};
    }
    iis_effective_read(&view, &iis_memory, &server->effective);
}

/* No healthy server shows a fault, or CGI, at any of the directories that are examined. */
static void test_healthy(void **state)
{
    static const struct {
        const char *version, *path, *web;
    } cases[] = {{"2010", "Default Web Site/EWS", "ClientAccess/exchweb/EWS"},
                 {"2010", "Default Web Site/PowerShell", "ClientAccess/PowerShell"},
                 {"2013", "Default Web Site/EWS", "FrontEnd/HttpProxy/EWS"},
                 {"2013", "Default Web Site/PowerShell", "FrontEnd/HttpProxy/PowerShell"},
                 {"2016", "Exchange Back End/EWS", "ClientAccess/exchweb/EWS"},
                 {"2016", "Exchange Back End/PowerShell", "ClientAccess/PowerShell-Proxy"},
                 {"2019", "Default Web Site/EWS", "FrontEnd/HttpProxy/EWS"},
                 {"2019", "Exchange Back End/PowerShell", "ClientAccess/PowerShell-Proxy"},
                 {"se", "Default Web Site/PowerShell", "FrontEnd/HttpProxy/PowerShell"},
                 {"se", "Exchange Back End/EWS", "ClientAccess/exchweb/EWS"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char host[100], web[200];
        struct server server;

        snprintf(host, sizeof host, "%s/applicationHost.config", cases[i].version);
        snprintf(web, sizeof web, "%s/%s/web.config", cases[i].version, cases[i].web);
        load(&server, host, web, cases[i].path);
        assert_int_equal(server.effective.fault_count, 0);
        assert_true(server.effective.modules.count > 5 && !server.effective.more);
        assert_int_not_equal(server.effective.enabled[IIS_WINDOWS], IIS_UNSET);
        for (size_t j = 0; j < server.effective.handlers.count; j++)
            assert_false(iis_is_cgi(server.effective.handlers.entries[j].item));
    }
}

static void test_cgi(void **state)
{
    static const struct {
        const char *path, *handler;
        bool is_inherited;
    } cases[] = {{"faults/cgi-inherited", "CGI-exe", true},
                 {"faults/cgi-of-ews", "CGI-exe", false},
                 {"faults/fastcgi-of-site", "PHP_via_FastCGI", true}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char host[100];
        const struct iis_entry *entry;
        struct server server;

        snprintf(host, sizeof host, "%s/applicationHost.config", cases[i].path);
        load(&server, host, NULL, "Default Web Site/EWS");
        entry = iis_entry_of(&server.effective.handlers, cases[i].handler);
        assert_non_null(entry);
        assert_true(iis_is_cgi(entry->item));
        assert_int_equal(entry->origin.is_inherited, cases[i].is_inherited);
    }
}

static void test_kerbauth(void **state)
{
    struct server server;

    (void)state;
    load(&server, "faults/kerbauth-missing/applicationHost.config",
         "2013/FrontEnd/HttpProxy/PowerShell/web.config", "Default Web Site/PowerShell");
    assert_int_equal(server.effective.fault_count, 1);
    assert_int_equal(server.effective.faults[0].kind, IIS_FAULT_NO_IMAGE);
    assert_string_equal(server.effective.faults[0].name, "kerbauth");
    load(&server, "faults/wsman-missing/applicationHost.config",
         "2016/ClientAccess/PowerShell-Proxy/web.config", "Exchange Back End/PowerShell");
    assert_string_equal(server.effective.faults[0].name, "WSMan");
    load(&server, "faults/kerbauth-twice/applicationHost.config", NULL, "Default Web Site/EWS");
    assert_int_equal(server.effective.faults[0].kind, IIS_FAULT_DUPLICATE);
}

/* ---- comparing ---- */

static const char *differences(const struct server *left, const struct server *right)
{
    struct iis_difference list[IIS_DIFFERENCES_MOST];
    size_t count = iis_compare(&left->effective, &right->effective, &iis_memory, list);
    struct buffer out;

    buffer_init(&out, 4096);
    for (size_t i = 0; i < count; i++)
        buffer_print(&out, "%s %s: %s | %s\n", iis_aspect_word(list[i].aspect), list[i].name,
                     list[i].left ? list[i].left : "-", list[i].right ? list[i].right : "-");
    return buffer_keep(&out, &iis_memory);
}

/* Servers that are set up alike do not differ, wherever Exchange is installed. */
static void test_alike(void **state)
{
    struct server left, right;

    (void)state;
    load(&left, "2016/applicationHost.config", "2016/FrontEnd/HttpProxy/EWS/web.config",
         "Default Web Site/EWS");
    load(&right, "2019/applicationHost.config", "2019/FrontEnd/HttpProxy/EWS/web.config",
         "Default Web Site/EWS");
    assert_string_equal(differences(&left, &right), "");
    load(&right, "2019/applicationHost.config", NULL, "Default Web Site/EWS");
    assert_string_equal(differences(&left, &right), "");
}

static void test_differing(void **state)
{
    struct server left, right;

    (void)state;
    load(&left, "2016/applicationHost.config", NULL, "Default Web Site/EWS");
    load(&right, "faults/ews-authentication/applicationHost.config", NULL, "Default Web Site/EWS");
    assert_string_equal(differences(&left, &right),
                        "authentication basicAuthentication: off | on\n"
                        "providers : Negotiate, NTLM | NTLM\n"
                        "sslFlags : Ssl, SslNegotiateCert, Ssl128 | None\n");
    load(&right, "faults/extended-protection/applicationHost.config", NULL, "Default Web Site/EWS");
    assert_string_equal(differences(&left, &right), "extendedProtection : None | Require\n");
    load(&right, "faults/ews-encrypted/applicationHost.config", NULL, "Default Web Site/EWS");
    assert_non_null(right.effective.elsewhere[IIS_MODULES].file);
    assert_null(left.effective.elsewhere[IIS_MODULES].file);
    load(&right, "faults/fastcgi-of-site/applicationHost.config", NULL, "Default Web Site/EWS");
    assert_string_equal(differences(&left, &right),
                        "module FastCgiModule: - | native, iisfcgi.dll\n"
                        "handler PHP_via_FastCGI: - | *.php GET,HEAD,POST: FastCgiModule "
                        "php-cgi.exe\n");
    load(&left, "2019/applicationHost.config", "faults/foreign-module-of-ews/web.config",
         "Default Web Site/EWS");
    load(&right, "2019/applicationHost.config", "2019/FrontEnd/HttpProxy/EWS/web.config",
         "Default Web Site/EWS");
    assert_string_equal(differences(&left, &right),
                        "module HealthAgent: Contoso.Agent.Module | -\n");
}

/* A list that is too long ends, and that is said. */
static void test_limits(void **state)
{
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_string(&text, "<configuration><system.webServer><modules>");
    for (unsigned i = 0; i < IIS_FAULTS_MOST + 2; i++)
        buffer_add_string(&text, "<add name='1'/>");
    for (unsigned i = 0; i < IIS_LIST_MOST + 2; i++)
        buffer_print(&text, "<add name='%u'/>", i);
    buffer_add_string(&text, "</modules></system.webServer></configuration>");
    judge_ews(text.text, NULL, NULL);
    assert_int_equal(effective.modules.count, IIS_LIST_MOST);
    assert_int_equal(effective.fault_count, IIS_FAULTS_MOST);
    assert_true(effective.more);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),         cmocka_unit_test(test_handlers),
        cmocka_unit_test(test_not_inherited), cmocka_unit_test(test_settings),
        cmocka_unit_test(test_locks),         cmocka_unit_test(test_locked_items),
        cmocka_unit_test(test_duplicates),    cmocka_unit_test(test_no_image),
        cmocka_unit_test(test_healthy),       cmocka_unit_test(test_cgi),
        cmocka_unit_test(test_kerbauth),      cmocka_unit_test(test_alike),
        cmocka_unit_test(test_differing),     cmocka_unit_test(test_limits)};

    return cmocka_run_group_tests(tests, NULL, forget_configs);
}
