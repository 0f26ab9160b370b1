/* Configurations of IIS: what is read of them, what is refused, and what is never copied. */
#include "tests/unit/iis.h"

#define HOST(inner)                                                                                \
    "<configuration><system.applicationHost>" inner "</system.applicationHost></configuration>"
#define WEB(inner) "<configuration><system.webServer>" inner "</system.webServer></configuration>"

static const struct iis_section *own_section(const struct iis_config *config,
                                             enum iis_section_kind kind)
{
    return iis_section_of(&config->locations[0], kind);
}

/* Every attribute of a list's items that decides something, in the order of the file. */
static void test_items(void **state)
{
    struct iis_config config = config_of(
        WEB("<handlers><clear/>\n<add name='A' path='*.a' verb='GET' modules='CgiModule' "
            "scriptProcessor='C:\\a.exe|-x secret' type='' preCondition='bitness64' "
            "lockItem='True'/>text<odd/><remove name='B'/></handlers>"
            "<modules><add name='M' type='Some.Type, Some'/></modules>"
            "<globalModules><add name='G' image='%windir%\\g.dll'/></globalModules>"
            "<fastCgi><application fullPath='C:\\p.exe|-k' arguments='secret'/></fastCgi>"
            "<security><isapiCgiRestriction><add path='C:\\p.exe' allowed='true' groupId='P'/>"
            "<add path='C:\\q.exe' allowed='false'/><add path='C:\\r.exe' allowed='perhaps'/>"
            "</isapiCgiRestriction></security>"));
    const struct iis_section *handlers = own_section(&config, IIS_HANDLERS);
    const struct iis_section *rest = own_section(&config, IIS_CGI_RESTRICTION);
    const struct iis_item *item;

    (void)state;
    assert_int_equal(handlers->item_count, 3);
    assert_int_equal(handlers->items[0].edit, IIS_CLEAR);
    assert_null(handlers->items[0].name);
    item = &handlers->items[1];
    assert_int_equal(item->edit, IIS_ADD);
    assert_string_equal(item->name, "A");
    assert_string_equal(item->path, "*.a");
    assert_string_equal(item->verb, "GET");
    assert_string_equal(item->modules, "CgiModule");
    assert_string_equal(item->script_processor, "C:\\a.exe");
    assert_string_equal(item->precondition, "bitness64");
    assert_null(item->type);
    assert_true(item->is_locked);
    assert_int_equal(item->line, 2);
    assert_int_equal(handlers->items[2].edit, IIS_REMOVE);
    assert_string_equal(handlers->items[2].name, "B");
    assert_false(handlers->items[2].is_locked);
    assert_string_equal(own_section(&config, IIS_MODULES)->items[0].type, "Some.Type, Some");
    item = own_section(&config, IIS_GLOBAL_MODULES)->items;
    assert_string_equal(item->name, "G");
    assert_string_equal(item->image, "%windir%\\g.dll");
    assert_string_equal(own_section(&config, IIS_FAST_CGI)->items[0].name, "C:\\p.exe");
    assert_null(own_section(&config, IIS_FAST_CGI)->items[0].type);
    assert_string_equal(rest->items[0].type, "P");
    assert_int_equal(rest->items[0].allowed, IIS_TRUE);
    assert_int_equal(rest->items[1].allowed, IIS_FALSE);
    assert_int_equal(rest->items[2].allowed, IIS_UNSET);
}

/* What a document does not say is unset, not its default. */
static void test_settings(void **state)
{
    struct iis_config config =
        config_of(WEB("<httpRedirect enabled='FALSE' destination='https://a/'/><security><access "
                      "sslFlags='Ssl, Ssl128'/><authentication><basicAuthentication/>"
                      "<windowsAuthentication enabled='true'><providers><clear/><add value='NTLM'/>"
                      "</providers></windowsAuthentication></authentication></security>"));
    const struct iis_section *windows = own_section(&config, IIS_WINDOWS);

    (void)state;
    assert_int_equal(own_section(&config, IIS_REDIRECT)->enabled, IIS_FALSE);
    assert_string_equal(own_section(&config, IIS_REDIRECT)->text, "https://a/");
    assert_string_equal(own_section(&config, IIS_ACCESS)->text, "Ssl, Ssl128");
    assert_int_equal(own_section(&config, IIS_BASIC)->enabled, IIS_UNSET);
    assert_int_equal(windows->enabled, IIS_TRUE);
    assert_int_equal(windows->item_count, 2);
    assert_string_equal(windows->items[1].name, "NTLM");
    assert_null(own_section(&config, IIS_ANONYMOUS));
}

/* Extended Protection is a setting of Windows authentication; other children's are not. */
static void test_extended_protection(void **state)
{
    struct iis_config config =
        config_of(WEB("<security><authentication><basicAuthentication><extendedProtection "
                      "tokenChecking='None'/></basicAuthentication><windowsAuthentication>"
                      "<extendedProtection tokenChecking='Require'/></windowsAuthentication>"
                      "</authentication></security>"));

    (void)state;
    assert_string_equal(own_section(&config, IIS_WINDOWS)->text, "Require");
    assert_null(own_section(&config, IIS_BASIC)->text);
}

/* What is encrypted or in another file is told, not taken for empty. */
static void test_elsewhere(void **state)
{
    struct iis_config config =
        config_of(WEB("<modules configProtectionProvider='Rsa'><EncryptedData/></modules>"
                      "<handlers configSource='more.config'/><httpRedirect enabled='false'/>"));

    (void)state;
    assert_true(own_section(&config, IIS_MODULES)->is_elsewhere);
    assert_true(own_section(&config, IIS_HANDLERS)->is_elsewhere);
    assert_false(own_section(&config, IIS_REDIRECT)->is_elsewhere);
}

static void test_locations(void **state)
{
    struct iis_config config = config_of(
        "<configuration><location path='/Default Web Site/EWS/' overrideMode='deny'>\n"
        "<system.webServer><modules/></system.webServer><system.webServer><handlers/>"
        "</system.webServer></location><location path='.' inheritInChildApplications='false'/>"
        "<location overrideMode='Allow'/><location path='a' allowOverride='false'/>"
        "<location path='b' overrideMode='Inherit'/></configuration>");

    (void)state;
    assert_int_equal(config.location_count, 6);
    assert_string_equal(config.locations[0].path, "");
    assert_int_equal(config.locations[0].line, 0);
    assert_string_equal(config.locations[1].path, "Default Web Site/EWS");
    assert_int_equal(config.locations[1].override, IIS_OVERRIDE_DENY);
    assert_int_equal(config.locations[1].line, 1);
    assert_int_equal(config.locations[1].section_count, 2);
    assert_non_null(iis_section_of(&config.locations[1], IIS_HANDLERS));
    assert_string_equal(config.locations[2].path, "");
    assert_true(config.locations[2].is_not_inherited);
    assert_false(config.locations[1].is_not_inherited);
    assert_string_equal(config.locations[3].path, "");
    assert_int_equal(config.locations[3].override, IIS_OVERRIDE_ALLOW);
    assert_int_equal(config.locations[4].override, IIS_OVERRIDE_DENY);
    assert_int_equal(config.locations[5].override, IIS_OVERRIDE_INHERIT);
}

/* A binding is read from its end, since an address of IPv6 has colons, too. */
static void test_bindings(void **state)
{
    static const struct {
        const char *text, *ip, *host;
        unsigned port;
    } cases[] = {{"*:80:", "*", "", 80},
                 {":443:", "", "", 443},
                 {"127.0.0.1:80:mail.contoso.com", "127.0.0.1", "mail.contoso.com", 80},
                 {"[fe80::1]:444:", "[fe80::1]", "", 444},
                 {"*:65536:", "*", "", 0},
                 {"*:8x:", "*", "", 0},
                 {"*::", "*", "", 0},
                 {"*", "*", "", 0},
                 {"80:", "80:", "", 0},
                 {"", "", "", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[400];
        struct iis_config config;
        const struct iis_binding *binding;

        snprintf(text, sizeof text,
                 HOST("<sites><site name='s' id='7' serverAutoStart='false'><bindings><binding "
                      "protocol='http' bindingInformation='%s'/></bindings></site></sites>"),
                 cases[i].text);
        config = config_of(text);
        assert_int_equal(config.sites[0].id, 7);
        assert_int_equal(config.sites[0].auto_start, IIS_FALSE);
        assert_int_equal(config.sites[0].binding_count, 1);
        binding = config.sites[0].bindings;
        assert_string_equal(binding->protocol, "http");
        assert_string_equal(binding->ip, cases[i].ip);
        assert_string_equal(binding->host, cases[i].host);
        assert_int_equal(binding->port, cases[i].port);
    }
}

/* A real server's: sites, applications, pools, builds, whose files it names. */
static void test_server(void **state)
{
    struct iis_config config = config_of_file("2016/applicationHost.config");
    const struct iis_site *site = iis_site_of(&config, "DEFAULT web site");
    const struct iis_application *ews, *root;
    const struct iis_pool *pool;

    (void)state;
    assert_int_equal(config.role, IIS_ROLE_SERVER);
    assert_false(config.more);
    assert_null(config.server);
    assert_int_equal(config.site_count, 2);
    assert_int_equal(site->binding_count, 4);
    assert_int_equal(site->id, 1);
    assert_int_equal(config.sites[1].auto_start, IIS_TRUE);
    ews = iis_application_of(site, "/ews");
    assert_string_equal(ews->directories[0].physical_path,
                        "F:\\Program Files\\Microsoft\\Exchange\\FrontEnd\\HttpProxy\\EWS");
    assert_string_equal(iis_pool_name_of(&config, ews), "MSExchangeServicesFrontEndAppPool");
    pool = iis_pool_of(&config, "msexchangeservicesfrontendapppool");
    assert_string_equal(pool->identity, "LocalSystem");
    assert_string_equal(pool->runtime, "v4.0");
    assert_string_equal(pool->pipeline, "Integrated");
    assert_int_equal(pool->auto_start, IIS_UNSET);
    root = iis_application_of(site, "/");
    assert_non_null(root);
    assert_string_equal(config.default_pool, "DefaultAppPool");
    assert_int_equal(config.build_count, 2);
    assert_string_equal(config.builds[1], "15.1.2507.6");
    assert_int_equal(own_section(&config, IIS_GLOBAL_MODULES)->item_count, 29);
    assert_null(iis_site_of(&config, "No Site"));
    assert_null(iis_application_of(site, "/EW"));
    assert_null(iis_pool_of(&config, ""));
}

/* Which sections a server lets its folders change. */
static void test_declarations(void **state)
{
    struct iis_config config = config_of_file("2019/applicationHost.config");
    bool has_wsman = false, has_access = false, has_global = false;

    (void)state;
    for (size_t i = 0; i < config.declaration_count; i++) {
        const struct iis_declaration *declaration = &config.declarations[i];

        if (strcmp(declaration->path, "system.webServer/system.management.wsmanagement.config") ==
            0)
            has_wsman = declaration->override == IIS_OVERRIDE_ALLOW;
        if (strcmp(declaration->path, "system.webServer/security/access") == 0)
            has_access = declaration->override == IIS_OVERRIDE_DENY && !declaration->is_of_server;
        if (strcmp(declaration->path, "system.webServer/globalModules") == 0)
            has_global = declaration->is_of_server;
    }
    assert_true(has_wsman && has_access && has_global);
}

/* Whose web.config it is, and which server it is of. */
static void test_roles(void **state)
{
    static const struct {
        const char *path;
        enum iis_role role;
        const char *server;
    } files[] = {
        {"2019/FrontEnd/HttpProxy/EWS/web.config", IIS_ROLE_EWS_FRONT, "EX19A"},
        {"2019/FrontEnd/HttpProxy/PowerShell/web.config", IIS_ROLE_POWERSHELL_FRONT, "EX19A"},
        {"se/ClientAccess/exchweb/EWS/web.config", IIS_ROLE_EWS_BACK, "EX25A"},
        {"2013/ClientAccess/PowerShell-Proxy/web.config", IIS_ROLE_POWERSHELL_BACK, "EX13A"},
        {"2010/ClientAccess/exchweb/EWS/web.config", IIS_ROLE_EWS_BACK, "EX10A"},
        {"2010/ClientAccess/PowerShell/web.config", IIS_ROLE_POWERSHELL_BACK, "EX10A"},
        {"2010/applicationHost.config", IIS_ROLE_SERVER, NULL}};
    struct iis_config other =
        config_of("<configuration><appSettings><add key='HttpProxy."
                  "ProtocolType' value='Owa'/></appSettings></configuration>");

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct iis_config config = config_of_file(files[i].path);

        assert_int_equal(config.role, files[i].role);
        if (files[i].server)
            assert_string_equal(config.server, files[i].server);
        else
            assert_null(config.server);
    }
    assert_int_equal(other.role, IIS_ROLE_UNKNOWN);
    for (unsigned i = 0; i < IIS_ROLE_COUNT; i++)
        assert_int_equal(iis_role_from_word(iis_role_word((enum iis_role)i)), i);
    assert_int_equal(iis_role_from_word("no such"), IIS_ROLE_UNKNOWN);
}

/* Other files are named, with whatever leads to them, and not opened. */
static void test_references(void **state)
{
    struct iis_config config = config_of(
        "<configuration>\n<appSettings file='..\\..\\x.config'/><connectionStrings "
        "configSource='\\\\server\\share\\a'/><system.webServer><modules childSource='b'/>"
        "</system.webServer><assemblyBinding><linkedConfiguration "
        "href='file://C:\\a\\SharedWebConfig.config'/></assemblyBinding>"
        "<other file='not one'/><a href='nor this'/></configuration>");

    (void)state;
    assert_int_equal(config.reference_count, 4);
    assert_string_equal(config.references[0].element, "appSettings");
    assert_string_equal(config.references[0].attribute, "file");
    assert_string_equal(config.references[0].target, "..\\..\\x.config");
    assert_int_equal(config.references[0].line, 2);
    assert_string_equal(config.references[1].target, "\\\\server\\share\\a");
    assert_string_equal(config.references[2].attribute, "childSource");
    assert_string_equal(config.references[3].element, "linkedConfiguration");
}

static void test_paths(void **state)
{
    static const char *const climbing[] = {
        "..\\a",        "a\\..\\b",        "a/..", "\\\\server\\share", "//server/a",
        "\\\\?\\C:\\a", "file://server/a", ".."};
    static const char *const plain[] = {"C:\\a\\b", "a..b\\c", "file://C:\\a", "/EWS",
                                        "...",      "",        "file:///C:/a"};

    (void)state;
    for (size_t i = 0; i < sizeof climbing / sizeof *climbing; i++)
        assert_true(iis_path_climbs(climbing[i]));
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        assert_false(iis_path_climbs(plain[i]));
}

/* Variables are put in where they are known; nothing is guessed, and none grows without end. */
static void test_variables(void **state)
{
    static char wide[800];
    const struct iis_variable variables[] = {
        {"windir", "C:\\Windows"}, {"empty", ""}, {"wide", wide}, {NULL, NULL}};
    static const struct {
        const char *text, *expanded;
    } cases[] = {{"%WinDir%\\a", "C:\\Windows\\a"},
                 {"%windir%%windir%", "C:\\WindowsC:\\Windows"},
                 {"100%", "100%"},
                 {"a%empty%b", "ab"},
                 {"%other%\\a", NULL},
                 {"%%", NULL},
                 {"", ""},
                 {"%wide%%wide%", NULL}};

    (void)state;
    memset(wide, 'w', sizeof wide - 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *expanded = iis_expand(cases[i].text, variables, &iis_memory);

        if (cases[i].expanded)
            assert_string_equal(expanded, cases[i].expanded);
        else
            assert_null(expanded);
    }
}

/* What is no configuration, and what is damaged, is refused with its line. */
static void test_refused(void **state)
{
    static const struct {
        const char *text;
        enum status status;
        unsigned line;
    } cases[] = {{"<?xml version='1.0'?>\n<web/>", STATUS_INVALID, 2},
                 {"<configuration>\n<a></configuration>", STATUS_MALFORMED, 2},
                 {"<!DOCTYPE configuration [<!ENTITY a 'b'>]>\n<configuration>&a;</configuration>",
                  STATUS_MALFORMED, 1},
                 {"", STATUS_MALFORMED, 0}};
    struct iis_config config;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_config(cases[i].text, strlen(cases[i].text), &config),
                         cases[i].status);
        if (cases[i].line)
            assert_int_equal(iis_problem.line, cases[i].line);
        assert_true(*iis_problem.reason);
        assert_int_equal(config.location_count, 0);
    }
}

/* UTF-16, either way round, and UTF-8 with a mark. */
static void test_encodings(void **state)
{
    static const char text[] = "<configuration><system.webServer><modules><add name='\xc5\xbe'/>"
                               "</modules></system.webServer></configuration>";
    struct buffer wide;
    struct iis_config config;

    (void)state;
    for (unsigned form = 0; form < 3; form++) {
        buffer_init(&wide, 4096);
        buffer_add(&wide,
                   form == 0   ? "\xff\xfe"
                   : form == 1 ? "\xfe\xff"
                               : "\xef\xbb\xbf",
                   form == 2 ? 3 : 2);
        for (size_t i = 0; i < sizeof text - 1; i++) {
            const char two[] = {text[i], 0};
            bool is_wide = text[i] == '\xc5';

            if (form == 2)
                buffer_add_char(&wide, text[i]);
            else if (is_wide)
                buffer_add(&wide, form == 0 ? "\x7e\x01" : "\x01\x7e", 2);
            else
                buffer_add(&wide, form == 0 ? two : (const char[]){0, text[i]}, 2);
            i += is_wide && form != 2;
        }
        assert_int_equal(read_config(wide.text, wide.size, &config), STATUS_OK);
        assert_string_equal(own_section(&config, IIS_MODULES)->items[0].name, "\xc5\xbe");
        buffer_release(&wide);
    }
}

/* A whole file, cut off anywhere, is refused and reads nothing beyond its end. */
static void test_cut_off(void **state)
{
    struct buffer text = file_of("2019/ClientAccess/PowerShell-Proxy/web.config");
    struct iis_config config;
    size_t whole = text.size;

    (void)state;
    while (strchr(" \r\n", text.text[whole - 1]))
        whole--;
    for (size_t size = 0; size < whole; size++)
        assert_int_not_equal(read_config(text.text, size, &config), STATUS_OK);
    assert_int_equal(read_config(text.text, whole, &config), STATUS_OK);
    buffer_release(&text);
}

/* Whatever there is too much of, the rest is left out and that is said. */
static void test_limits(void **state)
{
    struct iis_config config;
    struct buffer text;

    (void)state;
    buffer_init(&text, 4 << 20);
    buffer_add_string(&text, "<configuration><system.webServer><modules>");
    for (unsigned i = 0; i < IIS_ITEMS_MOST + 1; i++)
        buffer_add_string(&text, "<add name='a'/>");
    buffer_add_string(&text, "</modules></system.webServer></configuration>");
    assert_int_equal(read_config(text.text, text.size, &config), STATUS_OK);
    assert_true(config.more);
    assert_int_equal(config.locations[0].sections[0].item_count, IIS_ITEMS_MOST);

    buffer_clear(&text);
    buffer_add_string(&text, "<configuration><appSettings file='");
    for (unsigned i = 0; i < IIS_TEXT_MOST - 1; i++)
        buffer_add_char(&text, 'a');
    buffer_add_string(&text, "\xc5\xbe'/>");
    for (unsigned i = 0; i < IIS_LOCATIONS_MOST; i++)
        buffer_add_string(&text, "<location path='a'/>");
    buffer_add_string(&text, "</configuration>");
    assert_int_equal(read_config(text.text, text.size, &config), STATUS_OK);
    assert_true(config.more);
    assert_int_equal(config.location_count, IIS_LOCATIONS_MOST);
    assert_int_equal(strlen(config.references[0].target), IIS_TEXT_MOST - 1);
    buffer_release(&text);
}

/* Of builds that the owa folder had each is told once, and nothing else is. */
static void test_builds(void **state)
{
    struct iis_config config = config_of(
        HOST("<customMetadata><key path='LM/W3SVC/2/ROOT/owa/15.1.1.2'/>"
             "<key path='LM/W3SVC/1/ROOT/OWA/15.1.1.2'/><key path='LM/W3SVC/2/ROOT/owa'/>"
             "<key path='LM/W3SVC/2/ROOT/owa/8.1'/><key path='LM/W3SVC/2/ROOT/owa/auth'/>"
             "<key path='LM/W3SVC/2/ROOT/ecp/15.2.1.1'/><key path='/owa/15'/><key path='/1.1'/>"
             "<key path='owa/1.2x'/><key/></customMetadata>"));

    (void)state;
    assert_int_equal(config.build_count, 2);
    assert_string_equal(config.builds[0], "15.1.1.2");
    assert_string_equal(config.builds[1], "8.1");
}

static void test_section_paths(void **state)
{
    (void)state;
    for (unsigned i = 0; i < IIS_SECTION_COUNT; i++)
        assert_int_equal(iis_section_from_path(iis_section_path((enum iis_section_kind)i)), i);
    assert_int_equal(iis_section_from_path("nothing"), IIS_SECTION_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_items),
                                       cmocka_unit_test(test_settings),
                                       cmocka_unit_test(test_locations),
                                       cmocka_unit_test(test_bindings),
                                       cmocka_unit_test(test_server),
                                       cmocka_unit_test(test_declarations),
                                       cmocka_unit_test(test_roles),
                                       cmocka_unit_test(test_references),
                                       cmocka_unit_test(test_paths),
                                       cmocka_unit_test(test_variables),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_encodings),
                                       cmocka_unit_test(test_cut_off),
                                       cmocka_unit_test(test_limits),
                                       cmocka_unit_test(test_builds),
                                       cmocka_unit_test(test_section_paths),
                                       cmocka_unit_test(test_extended_protection),
                                       cmocka_unit_test(test_elsewhere)};

    return cmocka_run_group_tests(tests, NULL, forget_configs);
}
