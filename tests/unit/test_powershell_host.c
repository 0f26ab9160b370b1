/* What configurations of PowerShell servers come to, beside what else is known of the server. */
#include "probes/powershell/modules.h"
#include "probes/powershell/settings.h"
#include "tests/unit/iis.h"
#include "tests/unit/probe_bench.h"

extern const struct probe probe_powershell;

/* ---- what the run has ---- */

static struct {
    struct windows_setup setup;  /* of "setup.reg" */
    enum feature_state feature;  /* of "features.csv" */
    struct listed_file files[2]; /* of "files.csv" */
    size_t file_count;
} known;

#define HOSTILE "hostile/applicationHost.config"

#define FRONT_32_BITS "2016/32-bits/front.config"
#define FRONT_MANAGED "managed/front.config"

static const char hostile_config[] =
    "<configuration><system.applicationHost><applicationPools><add name='x'/></applicationPools>"
    "<sites><site name='&quot; &amp; calc &amp; %PATH%' id='1'><application path='/PowerShell' "
    "applicationPool='&quot; &amp; calc'><virtualDirectory path='/' "
    "physicalPath='C:\\&quot; &amp; calc &amp;\\ClientAccess\\x'/></application><bindings/></site>"
    "</sites></system.applicationHost><location path='&quot; &amp; calc &amp; "
    "%PATH%/PowerShell'><system.webServer><security><access sslFlags='Ssl'/></security>"
    "</system.webServer></location></configuration>";

static const char *site_config; /* of SITE */

#define SITE "2016/web-of-site-1.config"

/* The front end's web.config with this line of kerbauth. */
static struct iis_config front_of(const char *line)
{
    char text[500];

    snprintf(text, sizeof text,
             "<configuration><appSettings><add key='HttpProxy.ProtocolType' value='PowerShell'/>"
             "</appSettings><system.webServer><modules><add name='kerbauth' %s/></modules>"
             "</system.webServer></configuration>",
             line);
    return config_of(text);
}

/* The configuration of a healthy server, in which `to` stands in place of `from`. */
static struct {
    const char *from, *to;
} edit;

#define EDITED "se/edited/applicationHost.config"

static struct iis_config edited_config(void)
{
    struct buffer plain = file_of("se/applicationHost.config"), text;
    const char *from = strstr(plain.text, edit.from);
    struct iis_config config;

    assert_non_null(from);
    buffer_init(&text, 1 << 20);
    buffer_add(&text, plain.text, (size_t)(from - plain.text));
    buffer_add_string(&text, edit.to);
    buffer_add_string(&text, from + strlen(edit.from));
    config = config_of(text.text);
    buffer_release(&plain);
    buffer_release(&text);
    return config;
}

static bool ends_with(const char *path, const char *end)
{
    return strlen(path) >= strlen(end) && strcmp(path + strlen(path) - strlen(end), end) == 0;
}

static enum file_type type_of(const char *path)
{
    if (ends_with(path, "setup.reg"))
        return FILE_TYPE_REGISTRY;
    if (ends_with(path, "features.csv"))
        return FILE_TYPE_WINDOWS_FEATURES;
    return ends_with(path, "files.csv") ? FILE_TYPE_FILE_LIST : FILE_TYPE_IIS_CONFIG;
}

static void answer_setup(struct windows_setup *setup)
{
    setup->exchange_path = known.setup.exchange_path;
    setup->msi_path_14 = known.setup.msi_path_14;
    setup->msi_path_15 = known.setup.msi_path_15;
    setup->windows_path = known.setup.windows_path;
    setup->upgrades = known.setup.upgrades;
    setup->upgrade_count = known.setup.upgrade_count;
}

/* Behind the last "../": the folder before it need not be there. */
static const char *below(const char *path)
{
    const char *up;

    while ((up = strstr(path, "../")))
        path = up + 3;
    return path;
}

static void answer(struct evidence *item)
{
    static struct windows_feature feature = {"WinRM-IIS-Ext", FEATURE_OF_SERVER_MANAGER,
                                             FEATURE_UNKNOWN};

    feature.state = known.feature;
    if (item->kind == &evidence_digest) {
        struct file_digest *digest = (struct file_digest *)item;

        digest->type = type_of(digest->path);
    } else if (item->kind == &evidence_iis_config) {
        struct iis_config_file *file = (struct iis_config_file *)item;

        if (strcmp(file->path, HOSTILE) == 0)
            file->config = config_of(hostile_config);
        else if (strcmp(file->path, EDITED) == 0)
            file->config = edited_config();
        else if (strstr(file->path, "web-of-site-"))
            file->config = config_of(site_config);
        else if (strcmp(file->path, FRONT_32_BITS) == 0)
            file->config = front_of("preCondition='bitness32'");
        else if (strcmp(file->path, FRONT_MANAGED) == 0)
            file->config = front_of("type='A.B' preCondition='managedHandler'");
        else
            file->config = config_of_file(below(file->path));
    } else if (item->kind == &evidence_windows_setup) {
        answer_setup((struct windows_setup *)item);
    } else if (item->kind == &evidence_windows_features) {
        ((struct windows_features *)item)->list =
            (struct windows_feature_list){.features = &feature, .count = 1};
    } else if (item->kind != &evidence_bound_certificates) {
        assert_ptr_equal(item->kind, &evidence_installed_files);
        ((struct installed_files *)item)->list =
            (struct file_list){.files = known.files, .count = known.file_count};
    }
    evidence_fail(item, STATUS_OK, NULL);
}

static const char *host; /* the applicationHost.config that is judged */

/*
 * With the web.config files of a healthy server of this version, which lie below its folder, and
 * `more` files; both or NULL.
 */
static void examine(const char *name, const char *version, const char *const *more)
{
    static char web[2][128];
    bool is_deep = strchr(name, '/') != strrchr(name, '/');
    int folder = (int)(strrchr(name, '/') - name);

    host = name;
    bench_begin(&probe_powershell);
    for (; more && *more; more++)
        bench_add(SUBJECT_FILE, *more);
    if (version) {
        bool is_2010 = strcmp(version, "2010") == 0;

        snprintf(web[0], sizeof web[0], "%.*s/%s../%s/ClientAccess/PowerShell%s/web.config", folder,
                 name, is_deep ? "../" : "", version, is_2010 ? "" : "-Proxy");
        snprintf(web[1], sizeof web[1], "%.*s/%s../%s/FrontEnd/HttpProxy/PowerShell/web.config",
                 folder, name, is_deep ? "../" : "", version);
        bench_add(SUBJECT_FILE, web[0]);
        if (!is_2010)
            bench_add(SUBJECT_FILE, web[1]);
    }
    bench_run(SUBJECT_FILE, name, answer);
}

static const char *word(const char *id)
{
    return word_of(finding_of(host, id, NULL));
}

static void finish(void)
{
    bench_end();
    memset(&known, 0, sizeof known);
}

/* Problems and unknowns, but for the one that is expected. */
static size_t count_bad(const char *but)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.finding_count; i++) {
        const struct finding *finding = bench.findings[i];

        count += (finding->outcome == OUTCOME_PROBLEM || finding->outcome == OUTCOME_UNKNOWN) &&
                 (!but || strcmp(finding->kind->id, but) != 0);
    }
    return count;
}

#define PATH     "kerbauth-path"
#define MANAGED  "kerbauth-managed"
#define WSMAN    "wsman-module-missing"
#define FEATURE  "winrm-iis-ext-missing"
#define SETTINGS "powershell-vdir-settings"
#define VARIABLE "exchange-install-path"

/* ---- configurations alone ---- */

static void check_healthy(const char *name, const char *version)
{
    static const char *const ids[] = {PATH, MANAGED, WSMAN, SETTINGS};

    examine(name, version, NULL);
    if (count_bad(NULL) > 0)
        bench_print();
    assert_int_equal(count_bad(NULL), 0);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_string_equal(word(ids[i]), "ok");
    assert_null(finding_of(host, FEATURE, NULL));
    finish();
}

/* All authentication off, no WinRM-IIS-Ext, other drives, and sessions from outside. */
static void test_healthy(void **state)
{
    (void)state;
    check_healthy("2010/applicationHost.config", "2010");
    check_healthy("2013/applicationHost.config", "2013");
    check_healthy("2016/applicationHost.config", "2016");
    check_healthy("2019/applicationHost.config", "2019");
    check_healthy("se/applicationHost.config", "se");
    check_healthy("healthy/exchange-old-folder/applicationHost.config", "2019");
    check_healthy("healthy/kerbauth-by-variable/applicationHost.config", "2013");
    check_healthy("healthy/powershell-from-outside/applicationHost.config", "2016");
}

/* What is not among the modules that are read may be among the others. */
static void test_more_modules_than_are_read(void **state)
{
    struct buffer modules;

    (void)state;
    buffer_init(&modules, 1 << 20);
    buffer_add_string(&modules, "<globalModules>");
    for (unsigned i = 0; i < IIS_LIST_MOST; i++)
        buffer_print(&modules, "<add name='M%u' image='m.dll'/>", i);
    edit.from = "<globalModules>";
    edit.to = modules.text;
    examine(EDITED, "se", NULL);
    assert_string_equal(word(MANAGED), "unknown");
    assert_string_equal(word(WSMAN), "unknown");
    assert_string_equal(word(SETTINGS), "ok");
    assert_null(finding_of(host, FEATURE, NULL));
    finish();
    buffer_release(&modules);
}

/* Its directory runs in another pool, and its own one is gone. */
static void test_pool_of_another_name(void **state)
{
    static const char *const seen[] = {"runs in the pool X", "pool X runs as 32 bits"};
    struct buffer plain = file_of("se/applicationHost.config");
    const char *pools = strstr(plain.text, "<add name=\"MSExchangePowerShellFrontEndAppPool\"");
    const char *use = strstr(plain.text, "applicationPool=\"MSExchangePowerShellFrontEndAppPool\"");
    struct buffer to;

    (void)state;
    for (size_t bits = 0; bits < 2; bits++) {
        const struct finding *finding;
        size_t name = strlen("<add name=\"MSExchangePowerShellFrontEndAppPool\"");

        buffer_init(&to, 1 << 20);
        buffer_print(&to, "<add name=\"X\"%s", bits ? " enable32BitAppOnWin64=\"true\"" : "");
        buffer_add(&to, pools + name, (size_t)(use - pools) - name);
        buffer_add_string(&to, "applicationPool=\"X\"");
        edit.from =
            arena_copy(&iis_memory, pools,
                       (size_t)(use - pools) +
                           strlen("applicationPool=\"MSExchangePowerShellFrontEndAppPool\""));
        edit.to = to.text;
        examine(EDITED, "se", NULL);
        finding = finding_of(host, SETTINGS, NULL);
        assert_string_equal(word_of(finding), bits ? "critical" : "warning");
        for (size_t i = 0; i <= bits; i++)
            assert_true(saw_it(finding, seen[i]));
        assert_false(saw_it(finding, "answers 503"));
        assert_non_null(step_of(&finding->fix, "add apppool /name:\"MSExchangePowerShellFrontEnd"));
        assert_non_null(step_of(&finding->fix, "/applicationPool:MSExchangePowerShellFrontEnd"));
        assert_null(step_of(&finding->fix, "/enable32BitAppOnWin64:false"));
        finish();
        buffer_release(&to);
    }
    buffer_release(&plain);
}

/* One thing of a healthy server is another, and what is told is this. */
static void test_one_edit(void **state)
{
    static const struct {
        const char *from, *to, *id, *word, *seen;
    } cases[] = {
        {"C:\\Windows\\system32\\wsmsvc.dll", "%windir%\\System32\\inetsrv\\..\\wsmsvc.dll", WSMAN,
         "ok", NULL},
        {"C:\\Windows\\system32\\wsmsvc.dll", "wsmsvc.dll", WSMAN, "ok", NULL},
        {"C:\\Windows\\system32\\wsmsvc.dll", "C:\\system32\\..\\wsmsvc.dll", WSMAN, "critical",
         "Windows' own is system32"},
        {"<globalModules>", "<globalModules configSource='x'>", MANAGED, "unknown", "configSource"},
        {"<globalModules>", "<globalModules configSource='x'>", WSMAN, "unknown", "configSource"},
        {"<location path=\"Default Web Site/PowerShell\">",
         "<location path=\"Default Web Site/PowerShell\"><system.webServer><security><access "
         "configSource=\"x\"/></security></system.webServer></location>"
         "<location path=\"Default Web Site/PowerShell\">",
         SETTINGS, "unknown", "configSource"},
        {"bindingInformation=\"*:80:\"", "bindingInformation=\"[::1]:80:\"", SETTINGS, "critical",
         "no binding of http at port 80"},
        {"<location path=\"Default Web Site/PowerShell\">",
         "<location path=\"Default Web Site\"><system.webServer><httpRedirect enabled=\"true\" "
         "childOnly=\"true\" destination=\"/owa\"/></system.webServer></location>"
         "<location path=\"Default Web Site/PowerShell\">",
         SETTINGS, "unknown", "httpRedirect is on with childOnly"},
        /* A pool of another name runs the directory, or does not; it is not to be changed. */
        {"applicationPool=\"MSExchangePowerShellFrontEndAppPool\"", "applicationPool=\"X\"",
         SETTINGS, "critical", "there is no pool X: what runs in it answers 503"},
        {"<add name=\"MSExchangePowerShellFrontEndAppPool\"",
         "<add name=\"X\" enable32BitAppOnWin64=\"true\"/>"
         "<add name=\"MSExchangePowerShellFrontEndAppPool\"",
         SETTINGS, "ok", NULL},
        {"<application path=\"/PowerShell\" applicationPool=\"MSExchangePowerShellAppPool\">",
         "<application path=\"/PS\">", SETTINGS, "critical", "Exchange Back End"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        edit.from = cases[i].from;
        edit.to = cases[i].to;
        examine(EDITED, "se", NULL);
        if (strcmp(word(cases[i].id), cases[i].word) != 0)
            fail_msg("%s: %s is %s", cases[i].to, cases[i].id, word(cases[i].id));
        if (cases[i].seen)
            assert_true(saw_it(finding_of(host, cases[i].id, NULL), cases[i].seen));
        if (i + 1 == sizeof cases / sizeof *cases)
            assert_non_null(
                step_of(&finding_of(host, SETTINGS, NULL)->fix, "-Role Mailbox -RequireSSL:$true"));
        finish();
    }
}

/* What the web site's own folder says holds for its directories, too. */
static void test_web_config_of_the_site(void **state)
{
    static const char *const own[] = {SITE, NULL};
    static const char *const others[] = {"2019/web-of-site-1.config", "2016/web-of-site-12.config",
                                         "2016/x-web-of-site-1.config", NULL};
    static const char *const of_back_end[] = {"2016/web-of-site-2.config", NULL};

    (void)state;
    site_config = "<configuration><system.webServer><modules><add name='kerbauth'/></modules>"
                  "<httpRedirect enabled='true' destination='/owa'/></system.webServer>"
                  "</configuration>";
    examine("2016/applicationHost.config", "2016", own);
    assert_string_equal(word(MANAGED), "critical");
    assert_true(saw_it(finding_of(host, MANAGED, NULL), "added for all of Default Web Site"));
    assert_true(saw_it(finding_of(host, MANAGED, NULL), "adds it again"));
    assert_string_equal(word(SETTINGS), "critical");
    assert_true(saw_it(finding_of(host, SETTINGS, NULL), "httpRedirect is on, inherited"));
    finish();
    examine("2016/applicationHost.config", "2016", of_back_end);
    assert_true(saw_it(finding_of(host, SETTINGS, NULL),
                       "Exchange Back End/PowerShell: httpRedirect is on, inherited"));
    finish();
    examine("2016/applicationHost.config", "2016", others);
    assert_int_equal(count_bad(NULL), 0);
    finish();
}

struct fault {
    const char *name; /* of its folder below faults */
    const char *version;
    const char *id;
    const char *word;
    const char *seen;
    const char *step; /* a part of a command; NULL: none is expected */
};

#define SECTION(name) " -section:system.webServer/" name " "

static const struct fault faults[] = {
    {"kerbauth-path", "2019", PATH, "critical", "E:\\Exchange Server\\V15\\Bin\\kerbauth.dll",
     "\"/[name='kerbauth'].image:%ExchangeInstallPath%Bin\\kerbauth.dll\" /commit:apphost"},
    {"kerbauth-comma", "2016", PATH, "critical", "commas stand where blanks belong",
     "].image:%ExchangeInstallPath%"},
    {"kerbauth-of-2010", "2019", PATH, "critical", "\\V14\\Bin", "].image:%ExchangeInstallPath%"},
    {"kerbauth-short", "2019", PATH, "unknown", "PROGRA~1", "reg query"},
    {"kerbauth-missing", "2013", MANAGED, "critical", "globalModules have no kerbauth",
     "/+\"[name='kerbauth',image='%ExchangeInstallPath%Bin\\kerbauth.dll']\" /commit:apphost"},
    {"kerbauth-twice", "2019", MANAGED, "critical", "kerbauth twice (lines 162 and 166)",
     "take away one of the two lines of kerbauth"},
    {"kerbauth-32-bit", "2019", MANAGED, "critical", "bitness32",
     "\"/[name='kerbauth'].preCondition:bitness64\""},
    {"kerbauth-of-site", "2016", MANAGED, "critical", "all of Default Web Site",
     "set config \"Default Web Site\"" SECTION("modules") "/-\"[name='kerbauth']\""},
    {"kerbauth-of-server", "2010", MANAGED, "critical", "the whole server",
     "set config" SECTION("modules") "/-\"[name='kerbauth']\""},
    {"kerbauth-elsewhere", "2019", MANAGED, "unknown", "configSource", "copy"},
    {"wsman-missing", "2016", WSMAN, "critical", "globalModules have no WSMan",
     "/+\"[name='WSMan',image='%windir%\\system32\\wsmsvc.dll']\" /commit:apphost"},
    {"wsman-missing-2010", "2010", WSMAN, "critical", "globalModules have no WSMan",
     "/+\"[name='WSMan',"},
    {"wsman-image", "2019", WSMAN, "critical", "SysWOW64",
     "\"/[name='WSMan'].image:%windir%\\system32\\wsmsvc.dll\""},
    {"wsman-of-server", "2016", WSMAN, "critical", "adds it again",
     "set config" SECTION("modules") "/-\"[name='WSMan']\""},
    {"powershell-requires-ssl", "2019", SETTINGS, "warning", "403.4",
     "set config \"Default Web Site/PowerShell\" -section:access -sslFlags:SslNegotiateCert "
     "-commit:apphost"},
    {"powershell-2010-requires-ssl", "2010", SETTINGS, "warning", "403.4",
     "-sslFlags:SslNegotiateCert"},
    {"host-header", "2013", SETTINGS, "critical", "for the name mail.contoso.com alone",
     "set site /site.name:\"Default Web Site\" "
     "/+\"bindings.[protocol='http',bindingInformation='*:80:']\""},
    {"powershell-no-http", "2013", SETTINGS, "critical", "no binding of http at port 80",
     "/+\"bindings.[protocol='http'"},
    {"powershell-no-back-end", "2019", SETTINGS, "critical", "no binding of https at port 444",
     "/+\"bindings.[protocol='https',bindingInformation='*:444:']\""},
    {"powershell-folder", "2019", SETTINGS, "critical", "inetpub\\PowerShell",
     "set vdir /vdir.name:\"Default Web Site/PowerShell/\" "
     "\"/physicalPath:%ExchangeInstallPath%FrontEnd\\HttpProxy\\PowerShell\""},
    {"powershell-back-folder", "2016", SETTINGS, "critical", "ClientAccess\\PowerShell-Proxy",
     "/vdir.name:\"Exchange Back End/PowerShell/\""},
    {"powershell-pool", "2016", SETTINGS, "warning", "in the pool DefaultAppPool",
     "set app /app.name:\"Default Web Site/PowerShell\" "
     "/applicationPool:MSExchangePowerShellFrontEndAppPool"},
    {"powershell-pool-missing", "2016", SETTINGS, "critical", "there is no pool",
     "add apppool /name:\"MSExchangePowerShellAppPool\" /managedRuntimeVersion:v4.0"},
    {"powershell-pool-32-bit", "2019", SETTINGS, "critical", "runs as 32 bits",
     "/apppool.name:\"MSExchangePowerShellFrontEndAppPool\" /enable32BitAppOnWin64:false"},
    {"powershell-pool-stopped", "2013", SETTINGS, "critical", "does not start by itself",
     "start apppool /apppool.name:\"MSExchangePowerShellAppPool\""},
    {"powershell-pool-identity", "2013", SETTINGS, "critical", "runs as NetworkService",
     "/processModel.identityType:LocalSystem"},
    {"powershell-anonymous", "2016", SETTINGS, "warning", "anonymousAuthentication is on;",
     "-section:anonymousAuthentication -enabled:false -commit:apphost"},
    {"powershell-bare", "2019", SETTINGS, "warning", "anonymousAuthentication is on, inherited",
     "-section:anonymousAuthentication -enabled:false"},
    {"powershell-back-windows-off", "2013", SETTINGS, "critical", "windowsAuthentication is off",
     "set config \"Exchange Back End/PowerShell\" -section:windowsAuthentication -enabled:true"},
    {"powershell-back-certificate", "2019", SETTINGS, "warning", "403.7",
     "-sslFlags:Ssl,SslNegotiateCert,Ssl128"},
    {"powershell-redirected", "2019", SETTINGS, "critical", "sent to /owa",
     "set config \"Default Web Site/PowerShell\" -section:httpRedirect -enabled:false"},
    {"powershell-several", "2019", SETTINGS, "critical", "403.4", "/enable32BitAppOnWin64:false"},
    {"powershell-missing", "2016", SETTINGS, "critical", "no application /PowerShell",
     "New-PowerShellVirtualDirectory"},
};

/* A server with one fault has one finding, and the command that repairs it as it is to be typed. */
static void check_fault(const struct fault *fault)
{
    const struct finding *finding;
    char name[100];

    snprintf(name, sizeof name, "faults/%s/applicationHost.config", fault->name);
    examine(name, fault->version, NULL);
    finding = finding_of(host, fault->id, NULL);
    if (strcmp(word_of(finding), fault->word) != 0 || !saw_it(finding, fault->seen) ||
        !step_of(&finding->fix, fault->step) ||
        count_bad(fault->id) != (size_t)(finding_of(host, FEATURE, NULL) != NULL)) {
        bench_print();
        fail_msg("%s", fault->name);
    }
    finish();
}

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        check_fault(&faults[i]);
}

/* Each command is for what was seen: others of its kind are not printed. */
static void test_steps_of_one_fault(void **state)
{
    const struct finding *finding;

    (void)state;
    examine("faults/powershell-requires-ssl/applicationHost.config", "2019", NULL);
    finding = finding_of(host, SETTINGS, NULL);
    assert_non_null(step_of(&finding->fix, "add backup before-powershell"));
    assert_int_equal(step_of(&finding->fix, "-sslFlags:")->kind, STEP_EXACT);
    assert_null(step_of(&finding->fix, "bindings"));
    assert_null(step_of(&finding->fix, "apppool"));
    assert_null(step_of(&finding->fix, "E2010"));
    assert_null(step_of(&finding->fix, "-Role Mailbox"));
    assert_ptr_equal(finding->fix.list, step_of(&finding->fix, "add backup"));
    finish();
    examine("faults/powershell-redirected/applicationHost.config", "2019", NULL);
    finding = finding_of(host, SETTINGS, NULL);
    assert_non_null(step_of(&finding->fix, "copy \"%ExchangeInstallPath%FrontEnd"));
    assert_non_null(step_of(&finding->undo, "copy /y \"%ExchangeInstallPath%FrontEnd"));
    finish();
    examine("faults/kerbauth-of-server/applicationHost.config", "2010", NULL);
    finding = finding_of(host, MANAGED, NULL);
    assert_null(step_of(&finding->fix, "Add-PSSnapin"));
    assert_null(step_of(&finding->fix, "web.config"));
    assert_null(step_of(&finding->fix, "-Role"));
    finish();
}

/* A directory is made again where its folder or itself is gone: it has no part in other faults. */
static void test_making_it_again(void **state)
{
    static const char *const untouched[] = {"powershell-pool-stopped",     "powershell-no-http",
                                            "powershell-back-folder",      "powershell-anonymous",
                                            "powershell-back-windows-off", "kerbauth-missing"};
    const struct finding *finding;
    char name[100];

    (void)state;
    for (size_t i = 0; i < sizeof untouched / sizeof *untouched; i++) {
        snprintf(name, sizeof name, "faults/%s/applicationHost.config", untouched[i]);
        examine(name, NULL, NULL);
        for (size_t k = 0; k < bench.finding_count; k++)
            assert_null(step_of(&bench.findings[k]->fix, "Remove-PowerShellVirtualDirectory"));
        finish();
    }
    examine("faults/powershell-folder/applicationHost.config", "2019", NULL);
    finding = finding_of(host, SETTINGS, NULL);
    assert_non_null(step_of(&finding->fix, "-RequireSSL:$false"));
    assert_non_null(step_of(&finding->undo, "Remove-PowerShellVirtualDirectory"));
    finish();
    examine("faults/powershell-missing-2010/applicationHost.config", NULL, NULL);
    finding = finding_of(host, SETTINGS, NULL);
    assert_null(step_of(&finding->fix, "-Role"));
    assert_null(step_of(&finding->fix, "PowerShell.SnapIn"));
    finish();
}

/* A line with a path that is wrong would end every pool: it runs where the file is there alone. */
static void test_lines_with_paths(void **state)
{
    static const struct {
        const char *name, *id, *line;
    } rows[] = {
        {"kerbauth-path", PATH, "if exist \"%ExchangeInstallPath%Bin\\kerbauth.dll\" "},
        {"kerbauth-missing", MANAGED, "if exist \"%ExchangeInstallPath%Bin\\kerbauth.dll\" "},
        {"wsman-missing", WSMAN, "if exist \"%windir%\\system32\\wsmsvc.dll\" "},
        {"powershell-folder", SETTINGS,
         "if exist \"%ExchangeInstallPath%FrontEnd\\HttpProxy\\PowerShell\\web.config\" "},
    };
    char name[100];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(name, sizeof name, "faults/%s/applicationHost.config", rows[i].name);
        examine(name, "2016", NULL);
        assert_non_null(step_of(&finding_of(host, rows[i].id, NULL)->fix, rows[i].line));
        finish();
    }
}

/* It has no shell over HTTP, and misses none; Exchange 2010 does. */
static void test_exchange_2007(void **state)
{
    (void)state;
    examine("healthy/exchange-2007/applicationHost.config", NULL, NULL);
    assert_int_equal(count_bad(NULL), 0);
    assert_string_equal(word(SETTINGS), "not-applicable");
    finish();
    examine("faults/powershell-missing-2010/applicationHost.config", NULL, NULL);
    assert_string_equal(word(SETTINGS), "critical");
    assert_non_null(step_of(&finding_of(host, SETTINGS, NULL)->fix, "PowerShell.E2010"));
    finish();
}

/* What is missing is not said to be there twice. */
static void test_missing_is_not_twice(void **state)
{
    (void)state;
    examine("faults/kerbauth-missing/applicationHost.config", "2013", NULL);
    assert_int_equal(finding_of(host, MANAGED, NULL)->seen_count, 1);
    finish();
}

/* Names of a file stand in no command that is to be run as it is printed. */
static void test_hostile_names(void **state)
{
    const struct finding *finding;

    (void)state;
    examine(HOSTILE, NULL, NULL);
    finding = finding_of(host, SETTINGS, NULL);
    assert_string_equal(word_of(finding), "critical");
    assert_non_null(step_of(&finding->fix, "-sslFlags:SslNegotiateCert"));
    for (size_t i = 0; i < finding->fix.count; i++) {
        const struct step *step = &finding->fix.list[i];

        assert_null(strstr(step->command, "calc"));
        assert_null(strstr(step->command, "%PATH%"));
        if (step->shell == SHELL_CMD && strstr(step->command, "set "))
            assert_int_equal(step->kind, STEP_FILL_IN);
    }
    finish();
}

/* ---- web.config by itself, and without ---- */

static const char *alone(const char *name, const char *id)
{
    examine(name, NULL, NULL);
    return word(id);
}

static void test_web_config_alone(void **state)
{
    (void)state;
    assert_string_equal(alone("faults/kerbauth-managed/web.config", MANAGED), "critical");
    assert_non_null(step_of(&finding_of(host, MANAGED, NULL)->fix,
                            "copy \"%ExchangeInstallPath%FrontEnd\\HttpProxy\\PowerShell"));
    assert_int_equal(count_bad(MANAGED), 0);
    finish();
    assert_string_equal(alone("faults/kerbauth-twice-in-directory/web.config", MANAGED),
                        "critical");
    finish();
    assert_string_equal(alone("faults/kerbauth-not-in-directory/web.config", MANAGED), "critical");
    finish();
    assert_string_equal(alone("faults/wsman-managed/web.config", WSMAN), "critical");
    assert_int_equal(count_bad(WSMAN), 0);
    finish();
    assert_string_equal(alone("faults/wsman-not-in-directory/web.config", WSMAN), "critical");
    finish();
    assert_string_equal(alone("2019/FrontEnd/HttpProxy/PowerShell/web.config", MANAGED), "unknown");
    finish();
    assert_string_equal(alone("2019/FrontEnd/HttpProxy/EWS/web.config", MANAGED), "");
    assert_int_equal(bench.finding_count, 0);
    finish();
}

/* Which site it is of nobody says: setup's is printed, to be compared. */
static void test_lines_of_web_config_alone(void **state)
{
    static const struct {
        const char *name, *id, *line;
    } rows[] = {
        {"kerbauth-managed", MANAGED,
         "set config \"Default Web Site/PowerShell\"" SECTION("modules") "\"/[name='kerbauth']"},
        {"kerbauth-not-in-directory", MANAGED,
         "set config \"Default Web Site/PowerShell\"" SECTION("modules") "/+\"[name='kerbauth']"},
        {"wsman-managed", WSMAN,
         "set config \"Exchange Back End/PowerShell\"" SECTION("modules") "\"/[name='WSMan']"},
        {"wsman-not-in-directory", WSMAN,
         "set config \"Exchange Back End/PowerShell\"" SECTION("modules") "/+\"[name='WSMan']"},
    };
    const struct step *step;
    char name[100];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(name, sizeof name, "faults/%s/web.config", rows[i].name);
        examine(name, NULL, NULL);
        step = step_of(&finding_of(host, rows[i].id, NULL)->fix, rows[i].line);
        assert_non_null(step);
        assert_int_equal(step->kind, STEP_FILL_IN);
        finish();
    }
}

/* What is taken away above is added to a directory that has none of its own. */
static void test_directory_without_its_own(void **state)
{
    static const char *const more[] = {
        "faults/kerbauth-of-site/../../faults/kerbauth-not-in-directory/web.config",
        "faults/kerbauth-of-site/../../2019/ClientAccess/PowerShell-Proxy/web.config", NULL};
    static const char above[] = "/-\"[name='kerbauth']\"", own[] = "/+\"[name='kerbauth']\"";
    const struct steps *fix;

    (void)state;
    examine("faults/kerbauth-of-site/applicationHost.config", NULL, more);
    fix = &finding_of(host, MANAGED, NULL)->fix;
    assert_true(saw_it(finding_of(host, MANAGED, NULL), "its own modules do not have kerbauth"));
    assert_true(step_of(fix, above) < step_of(fix, own));
    assert_int_equal(step_of(fix, own)->kind, STEP_EXACT);
    finish();
    examine("faults/kerbauth-of-site/applicationHost.config", NULL, NULL);
    fix = &finding_of(host, MANAGED, NULL)->fix;
    assert_true(step_of(fix, above) < step_of(fix, "list config \"Default Web Site/PowerShell\""));
    assert_int_equal(step_of(fix, own)->kind, STEP_DECIDE);
    finish();
    examine("faults/kerbauth-of-site/applicationHost.config", "2016", NULL);
    assert_null(step_of(&finding_of(host, MANAGED, NULL)->fix, own));
    finish();
}

/* A line that IIS passes over is none; what was managed leaves no condition behind. */
static void test_condition(void **state)
{
    static const char *const more[] = {FRONT_32_BITS,
                                       "2016/ClientAccess/PowerShell-Proxy/web.config", NULL};
    const struct finding *finding;

    (void)state;
    assert_string_equal(alone(FRONT_MANAGED, MANAGED), "critical");
    assert_non_null(step_of(&finding_of(host, MANAGED, NULL)->fix, "].type:"));
    assert_non_null(step_of(&finding_of(host, MANAGED, NULL)->fix, "].preCondition:"));
    finish();
    examine("2016/applicationHost.config", NULL, more);
    finding = finding_of(host, MANAGED, NULL);
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "preCondition=\"bitness32\""));
    assert_int_equal(step_of(&finding->fix, "\"/[name='kerbauth'].preCondition:\"")->kind,
                     STEP_EXACT);
    assert_null(step_of(&finding->fix, "].type:"));
    assert_int_equal(count_bad(MANAGED), 0);
    finish();
}

/* What the directory's own file says is not known without it. */
static void test_without_web_config(void **state)
{
    (void)state;
    examine("2019/applicationHost.config", NULL, NULL);
    assert_string_equal(word(MANAGED), "unknown");
    assert_string_equal(word(WSMAN), "unknown");
    assert_non_null(step_of(&finding_of(host, MANAGED, NULL)->fix, "FrontEnd"));
    assert_null(step_of(&finding_of(host, MANAGED, NULL)->fix, "applicationHost.config"));
    assert_string_equal(word(PATH), "ok");
    assert_string_equal(word(SETTINGS), "ok");
    finish();
}

/* In a folder of the directory the fault is told at its server. */
static void test_web_config_of_server(void **state)
{
    static const char *const more[] = {"2019/../faults/kerbauth-managed/web.config",
                                       "2019/ClientAccess/PowerShell-Proxy/web.config", NULL};

    (void)state;
    examine("2019/applicationHost.config", NULL, more);
    assert_string_equal(word(MANAGED), "critical");
    assert_non_null(step_of(&finding_of(host, MANAGED, NULL)->fix,
                            "set config \"Default Web Site/PowerShell\"" SECTION(
                                "modules") "\"/[name='kerbauth'].type:\""));
    assert_int_equal(count_bad(MANAGED), 0);
    finish();
}

/* ---- what else is known of the server ---- */

static const char *const setup_beside[] = {"setup.reg", "features.csv", "files.csv", NULL};

static void examine_known(const char *name, const char *version)
{
    examine(name, version, setup_beside);
}

/* Other drives are healthy: what decides is where setup says that Exchange is. */
static void test_where_exchange_is(void **state)
{
    (void)state;
    known.setup.msi_path_15 = (struct setup_text){true, "E:\\Exchange Server\\V15\\"};
    examine_known("faults/kerbauth-path/applicationHost.config", "2019");
    assert_string_equal(word(PATH), "ok");
    assert_string_equal(word(SETTINGS), "critical"); /* its folders are then the wrong ones */
    finish();
    known.setup.msi_path_15 = (struct setup_text){true, "f:/program files//Microsoft/exchange/"};
    examine_known("2016/applicationHost.config", "2016");
    assert_int_equal(count_bad(NULL), 0);
    finish();
}

static void test_kerbauth_file(void **state)
{
    static const char path[] = "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\"
                               "kerbauth.dll";

    (void)state;
    known.files[0] = (struct listed_file){.path = path, .presence = FILE_ABSENT};
    known.file_count = 1;
    examine_known("2019/applicationHost.config", "2019");
    assert_string_equal(word(PATH), "critical");
    assert_true(saw_it(finding_of(host, PATH, NULL), "is not there"));
    assert_null(step_of(&finding_of(host, PATH, NULL)->fix, "].image:"));
    finish();
    known.files[0] = (struct listed_file){.path = "E:\\Exchange Server\\V15\\Bin\\kerbauth.dll",
                                          .presence = FILE_PRESENT};
    known.file_count = 1;
    examine_known("faults/kerbauth-path/applicationHost.config", "2019");
    assert_string_equal(word(PATH), "warning");
    finish();
    known.files[0] = (struct listed_file){.path = path, .presence = FILE_UNKNOWN};
    known.files[1] =
        (struct listed_file){.path = "C:\\Windows\\system32\\wsmsvc.dll", .presence = FILE_ABSENT};
    known.file_count = 2;
    examine_known("2019/applicationHost.config", "2019");
    assert_string_equal(word(PATH), "ok");
    assert_string_equal(word(WSMAN), "critical");
    assert_non_null(step_of(&finding_of(host, WSMAN, NULL)->fix, "sfc /scanfile="));
    finish();
}

/* Healthy servers lack the feature: it is told beside a WSMan that is missing alone. */
static void test_feature(void **state)
{
    static const struct windows_install before[] = {
        {"Source OS (Updated on 3/14/2019 10:15:11)", "Windows Server 2012 Standard", "9200", 0}};

    (void)state;
    known.feature = FEATURE_AVAILABLE;
    examine_known("2016/applicationHost.config", "2016");
    assert_string_equal(word(FEATURE), "ok");
    assert_int_equal(count_bad(NULL), 0);
    bench_end();
    known.setup.upgrades = before;
    known.setup.upgrade_count = 1;
    examine_known("faults/wsman-missing/applicationHost.config", "2016");
    assert_string_equal(word(FEATURE), "warning");
    assert_true(saw_it(finding_of(host, FEATURE, NULL), "Windows Server 2012 Standard"));
    assert_non_null(
        step_of(&finding_of(host, FEATURE, NULL)->fix, "Add-WindowsFeature WinRM-IIS-Ext"));
    bench_end();
    known.feature = FEATURE_INSTALLED;
    examine_known("faults/wsman-missing/applicationHost.config", "2016");
    assert_string_equal(word(FEATURE), "ok");
    bench_end();
    known.feature = FEATURE_PENDING_ON;
    examine_known("faults/wsman-missing/applicationHost.config", "2016");
    assert_string_equal(word(FEATURE), "ok");
    bench_end();
    known.feature = FEATURE_UNKNOWN;
    examine_known("faults/wsman-missing/applicationHost.config", "2016");
    assert_string_equal(word(FEATURE), "unknown");
    bench_end();
    /* WSMan is loaded, and enabled where it must not be: the feature would change nothing. */
    known.feature = FEATURE_AVAILABLE;
    examine_known("faults/wsman-of-server/applicationHost.config", "2016");
    assert_string_equal(word(FEATURE), "ok");
    bench_end();
    /* The line is there, and the DLL went with the feature. */
    known.files[0] =
        (struct listed_file){.path = "C:\\Windows\\system32\\wsmsvc.dll", .presence = FILE_ABSENT};
    known.file_count = 1;
    examine_known("2016/applicationHost.config", "2016");
    assert_string_equal(word(WSMAN), "critical");
    assert_string_equal(word(FEATURE), "warning");
    finish();
}

/* The restart that it takes must not take the copy with it. */
static void check_way_back(const struct finding *finding)
{
    if (finding->outcome != OUTCOME_PROBLEM)
        return;
    assert_non_null(step_of(&finding->fix, "\"%SystemDrive%\\environment-before-powershell.reg\""));
    assert_non_null(step_of(&finding->undo, "import \"%SystemDrive%\\environment-before-"));
    /* Set to nothing it would be deleted. */
    assert_non_null(strstr(step_of(&finding->fix, "SetEnvironmentVariable")->command,
                           "-ErrorAction Stop).MsiInstallPath; if ($path -and (Test-Path"));
}

static void test_variable(void **state)
{
    static const struct {
        const char *text, *word;
    } rows[] = {
        {"F:\\Program Files\\Microsoft\\Exchange\\", "ok"},
        {"f:\\program files\\microsoft\\exchange\\", "ok"},
        {"F:\\Program Files\\Microsoft\\Exchange", "critical"},
        {"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\", "critical"},
        {"", "critical"},
        {NULL, "critical"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        known.setup.exchange_path = (struct setup_text){true, rows[i].text};
        examine_known("2016/applicationHost.config", "2016");
        assert_string_equal(word(VARIABLE), rows[i].word);
        assert_int_equal(count_bad(VARIABLE), 0);
        check_way_back(finding_of(host, VARIABLE, NULL));
        finish();
    }
    /* kerbauth stands on the variable, which leads nowhere. */
    known.setup.exchange_path = (struct setup_text){true, NULL};
    examine_known("healthy/kerbauth-by-variable/applicationHost.config", "2013");
    assert_string_equal(word(VARIABLE), "critical");
    assert_string_equal(word(PATH), "unknown");
    finish();
}

/* Evidence of another folder is of another machine, unless the user says so. */
static void test_of_another_machine(void **state)
{
    static const char *const more[] = {"elsewhere/setup.reg", NULL};

    (void)state;
    known.setup.exchange_path = (struct setup_text){true, NULL};
    examine("2016/applicationHost.config", "2016", more);
    assert_string_equal(word(VARIABLE), "");
    assert_int_equal(count_bad(NULL), 0);
    finish();
}

/* ---- the machine at hand ---- */

static const char *site_config; /* of Default Web Site; NULL: it has none */

static void answer_at_hand(struct evidence *item)
{
    struct iis_config_file *file = (struct iis_config_file *)item;
    static const struct {
        const char *place, *path;
    } configs[] = {
        {"", "2019/applicationHost.config"},
        {"Default Web Site/PowerShell", "2019/FrontEnd/HttpProxy/PowerShell/web.config"},
        {"Exchange Back End/PowerShell", "2019/ClientAccess/PowerShell-Proxy/web.config"}};

    if (item->kind != &evidence_iis_config) {
        answer(item);
        return;
    }
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        if (strcmp(file->place ? file->place : "", configs[i].place) == 0) {
            file->config = config_of_file(configs[i].path);
            evidence_fail(item, STATUS_OK, NULL);
            return;
        }
    }
    if (site_config && strcmp(file->place, "Default Web Site") == 0)
        file->config = config_of(site_config);
    evidence_fail(item, file->config.location_count > 0 ? STATUS_OK : STATUS_NOT_FOUND, NULL);
}

static void examine_at_hand(struct examination *x, const struct subject *server)
{
    static const struct powershell_files none;
    const struct iis_config_file *config = ask_iis_config(x, "");
    struct powershell_file file = {"", server->name, FILE_TYPE_IIS_CONFIG, config, NULL, true};

    if (!config)
        return;
    powershell_judge_modules(x, &none, &file);
    powershell_judge_settings(x, &none, &file);
}

static void judge_at_hand(const char *site)
{
    static struct probe probe;

    probe = probe_powershell;
    probe.examine = examine_at_hand;
    site_config = site;
    host = "ex01";
    bench_begin(&probe);
    bench_run(SUBJECT_SERVER, host, answer_at_hand);
}

/* What IIS Manager writes to a site's own folder is inherited by the directory. */
static void test_at_hand(void **state)
{
    (void)state;
    known.setup.exchange_path.known = known.setup.msi_path_15.known = true;
    known.setup.exchange_path.text = known.setup.msi_path_15.text =
        "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\";
    judge_at_hand(NULL);
    assert_int_equal(count_bad(NULL), 0);
    assert_string_equal(word(MANAGED), "ok");
    assert_string_equal(word(VARIABLE), "ok");
    bench_end();
    judge_at_hand("<configuration><system.webServer><httpRedirect enabled='true' "
                  "destination='/owa'/></system.webServer></configuration>");
    assert_string_equal(word(SETTINGS), "critical");
    assert_true(saw_it(finding_of(host, SETTINGS, NULL), "inherited: requests are sent to /owa"));
    assert_int_equal(count_bad(SETTINGS), 0);
    bench_end();
    judge_at_hand("<configuration><system.webServer><modules><add name='kerbauth'/></modules>"
                  "</system.webServer></configuration>");
    assert_string_equal(word(MANAGED), "critical");
    assert_non_null(
        step_of(&finding_of(host, MANAGED, NULL)->fix,
                "set config \"Default Web Site\"" SECTION("modules") "/-\"[name='kerbauth']\""));
    assert_null(strstr(step_of(&finding_of(host, MANAGED, NULL)->fix, "/-")->command, "commit"));
    assert_non_null(step_of(&finding_of(host, MANAGED, NULL)->fix, "copy \"%SystemDrive%"));
    assert_non_null(step_of(&finding_of(host, MANAGED, NULL)->undo, "copy /y \"%SystemDrive%"));
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_healthy),
        cmocka_unit_test(test_more_modules_than_are_read),
        cmocka_unit_test(test_one_edit),
        cmocka_unit_test(test_pool_of_another_name),
        cmocka_unit_test(test_web_config_of_the_site),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_steps_of_one_fault),
        cmocka_unit_test(test_making_it_again),
        cmocka_unit_test(test_lines_with_paths),
        cmocka_unit_test(test_exchange_2007),
        cmocka_unit_test(test_missing_is_not_twice),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_web_config_alone),
        cmocka_unit_test(test_lines_of_web_config_alone),
        cmocka_unit_test(test_directory_without_its_own),
        cmocka_unit_test(test_condition),
        cmocka_unit_test(test_without_web_config),
        cmocka_unit_test(test_web_config_of_server),
        cmocka_unit_test(test_where_exchange_is),
        cmocka_unit_test(test_kerbauth_file),
        cmocka_unit_test(test_feature),
        cmocka_unit_test(test_variable),
        cmocka_unit_test(test_of_another_machine),
        cmocka_unit_test(test_at_hand),
    };

    return cmocka_run_group_tests(tests, NULL, forget_configs);
}
