/* Features of Windows as its tools print them, in tables, lists, CSV and CliXml. */
#include "tests/unit/unit.h"

#include "diag/read/file_type.h"
#include "diag/read/windows_feature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DISM_EXT FEATURE_WINRM_IIS_EXT_OF_DISM

/* "Web-Server installed; dism:IIS-WebServer available", from memory that ends with the text. */
static void expect_sized(const char *text, size_t size, const char *wanted)
{
    char *copy = malloc(size + 1), shown[2048] = "";
    struct windows_feature_list list;
    struct arena arena = {0};
    enum status status;

    memcpy(copy + 1, text, size);
    status = windows_feature_read(copy + 1, size, &arena, &list);
    assert_int_equal(windows_feature_is_text(copy + 1, size), status == STATUS_OK);
    for (size_t i = 0; status == STATUS_OK && i < list.count; i++) {
        const struct windows_feature *feature = &list.features[i];
        size_t at = strlen(shown);

        snprintf(shown + at, sizeof shown - at, "%s%s%s %s", i ? "; " : "",
                 feature->names == FEATURE_OF_DISM ? "dism:" : "", feature->name,
                 feature_state_word(feature->state));
    }
    if (status == STATUS_OK && list.computer)
        snprintf(shown + strlen(shown), sizeof shown - strlen(shown), " on %s", list.computer);
    free(copy);
    arena_release(&arena);
    assert_string_equal(shown, wanted);
}

static void expect(const char *text, const char *wanted)
{
    expect_sized(text, strlen(text), wanted);
}

/* Get-WindowsFeature since 2012: a tree of boxes, names, and states beside them. */
static void test_tree(void **state)
{
    (void)state;
    expect("PS C:\\> Get-WindowsFeature\r\n\r\n"
           "Display Name                                            Name                       "
           "Install State\r\n"
           "------------                                            ----                       "
           "-------------\r\n"
           "[ ] Active Directory Certificate Services               AD-Certificate             "
           "    Available\r\n"
           "[X] Web Server (IIS)                                    Web-Server                 "
           "    Installed\r\n"
           "    [X] Web Server                                      Web-WebServer              "
           "    Installed\r\n"
           "        [ ] HTTP Redirection                            Web-Http-Redirect          "
           "InstallPending\r\n"
           "[ ] .NET Framework 3.5                                  NET-Framework-Core         "
           "      Removed\r\n"
           "[ ] Windows Standards-Based Storage Management          WindowsStorageManage...    "
           "    Available\r\n"
           "[ ] WinRM IIS Extension                                 WinRM-IIS-Ext              "
           "    Available\r\n",
           "AD-Certificate available; Web-Server installed; Web-WebServer installed; "
           "Web-Http-Redirect pending-on; NET-Framework-Core removed; WinRM-IIS-Ext available");
}

/* Windows Server 2008 R2 has no states but the boxes; names for people are translated. */
static void test_old_tree(void **state)
{
    (void)state;
    expect("Display Name                                            Name\n"
           "------------                                            ----\n"
           "[ ] Active Directory-Zertifikatdienste                  AD-Certificate\n"
           "[X] WinRM-IIS-Erweiterung                               WinRM-IIS-Ext\n"
           "[X] Webserver (IIS) \x84\xF6                                Web-Server\n",
           "AD-Certificate available; WinRM-IIS-Ext installed; Web-Server installed");
}

/* Where the box and the word beside it differ, who is to be believed? */
static void test_contradiction(void **state)
{
    (void)state;
    expect("[X] WinRM IIS Extension  WinRM-IIS-Ext  Available\n", "WinRM-IIS-Ext unknown");
    expect("[ ] WinRM IIS Extension  WinRM-IIS-Ext  Available\n"
           "[X] WinRM IIS Extension  WinRM-IIS-Ext  Installed\n",
           "WinRM-IIS-Ext unknown");
}

/* A list of things to do has boxes too. */
static void test_other_boxes(void **state)
{
    (void)state;
    expect("[ ] buy milk\n[X] call Jane\n", "");
    expect("[X] WinRM-IIS-Ext\n", "");
}

static void test_server_manager_list(void **state)
{
    (void)state;
    expect("\r\nName                      : WinRM-IIS-Ext\r\n"
           "DisplayName               : WinRM IIS Extension\r\n"
           "Description               : Windows Remote Management: it enables\r\n"
           "                            a server\r\n"
           "Installed                 : False\r\n"
           "InstallState              : Available\r\n"
           "FeatureType               : Feature\r\n"
           "PSComputerName            : ex01.contoso.com\r\n\r\n",
           "WinRM-IIS-Ext available on ex01.contoso.com");
    /* Windows Server 2008 R2 has no InstallState */
    expect("DisplayName : a\nName : WinRM-IIS-Ext\nInstalled : True\n"
           "Name : Web-Server\nInstalled : False\n",
           "WinRM-IIS-Ext installed; Web-Server available");
    expect("Name : Web-Server\nInstalled : True\nInstallState : UninstallPending\n",
           "Web-Server pending-off");
}

/* Other things have a name and a state as well. */
static void test_other_lists(void **state)
{
    (void)state;
    expect("Name : Web-Server\nState : Enabled\n", "");
    expect("Name : Web-Server\nStatus : Running\n", "");
    expect("Name  : EX01\nInstalled : True\n", "");
}

static void test_format_table(void **state)
{
    (void)state;
    expect("Name          InstallState\n----          ------------\nWeb-Server       Installed\n"
           "WinRM-IIS-Ext    Available\n\nweb-ftp-server Installed\n",
           "Web-Server installed; WinRM-IIS-Ext available");
    expect("DisplayName          Name          Installed\n"
           "-----------          ----          ---------\n"
           "Erweiterung f\xC3\xBCr IIS  WinRM-IIS-Ext      True\n"
           "Web Server (IIS) that gives Web-Server   True\n",
           "WinRM-IIS-Ext installed");
    /* states end where their column does */
    expect(
        "FeatureName                           State\n-----------                           -----\n"
        "IIS-WebServerRole                   Enabled\n"
        "SMB1Protocol     DisabledWithPayloadRemoved\n",
        "dism:IIS-WebServerRole installed; dism:SMB1Protocol removed");
}

static void test_csv(void **state)
{
    (void)state;
    expect("#TYPE Selected.Microsoft.Windows.ServerManager.Commands.Feature\r\n"
           "\"Name\",\"DisplayName\",\"Installed\",\"InstallState\"\r\n"
           "\"Web-Server\",\"Web \"\"Server\"\",\r\n(IIS)\",\"True\",\"Installed\"\r\n"
           "\"WinRM-IIS-Ext\",\"WinRM IIS Extension\",\"False\",\"Available\"\r\n",
           "Web-Server installed; WinRM-IIS-Ext available");
    /* Windows Server 2008 R2, asked for what it does not have */
    expect("\"Name\",\"Installed\",\"InstallState\"\n\"WinRM-IIS-Ext\",\"False\",\"\"\n",
           "WinRM-IIS-Ext available");
    expect("\xEF\xBB\xBF"
           "FeatureName;State\n" DISM_EXT ";Disabled\n",
           "dism:" DISM_EXT " available");
    expect("\"Name\",\"Installed\"\n\"Web-Server\"\n\"WinRM-IIS-Ext\",\"maybe\"\n", "");
}

#define DISM_HEAD                                                                                  \
    "\r\nDeployment Image Servicing and Management tool\r\nVersion: 10.0.17763.1\r\n\r\n"          \
    "Image Version: 10.0.17763.107\r\n\r\nFeatures listing for package : "                         \
    "Microsoft-Windows-ServerCore-Package~31bf3856ad364e35~amd64~~10.0.17763.1\r\n\r\n"

static void test_dism_list(void **state)
{
    (void)state;
    expect(DISM_HEAD "Feature Name : NetFx4ServerFeatures\r\nState : Enabled\r\n\r\n"
                     "Feature Name : " DISM_EXT "\r\nState : Disabled\r\n\r\n"
                     "Feature Name : SMB1Protocol\r\nState : Disabled with Payload Removed\r\n\r\n"
                     "The operation completed successfully.\r\n",
           "dism:NetFx4ServerFeatures installed; dism:" DISM_EXT
           " available; dism:SMB1Protocol removed");
}

/* Labels and words in the language of Windows; a word that is not known is no state. */
static void test_dism_list_translated(void **state)
{
    (void)state;
    expect("Featurename : NetFx4\r\nStatus : Aktiviert\r\n\r\n"
           "Featurename : " DISM_EXT "\r\nStatus : Deaktiviert\r\n\r\n"
           "Featurename : IIS-ASP\r\nStatus : Aktivierung steht aus\r\n\r\n",
           "dism:NetFx4 installed; dism:" DISM_EXT " available; dism:IIS-ASP unknown");
    /* code page 850 has other bytes for these letters than UTF-8 */
    expect("Nom de la fonctionnalit\x82 : IIS-ASP\n\x90tat : Activ\x82\n\n"
           "Nom de la fonctionnalit\x82 : IIS-CGI\n\x90tat : D\x82sactiv\x82\n",
           "dism:IIS-ASP installed; dism:IIS-CGI available");
    expect("\xE6\xA9\x9F\xE8\x83\xBD\xE5\x90\x8D : IIS-ASP\n"
           "\xE7\x8A\xB6\xE6\x85\x8B : \xE6\x9C\x89\xE5\x8A\xB9\n",
           "dism:IIS-ASP installed");
}

static void test_dism_table(void **state)
{
    (void)state;
    expect(DISM_HEAD "------------------------------------ | --------\r\n"
                     "Feature Name                         | State   \r\n"
                     "------------------------------------ | --------\r\n"
                     "NetFx4                               | Enabled \r\n"
                     "KeyDistributionService-PSH-Cmdlets   | Disabled\r\n"
                     "IIS-ASP                              | Enable Pending\r\n\r\n"
                     "The operation completed successfully.\r\n",
           "dism:NetFx4 installed; dism:KeyDistributionService-PSH-Cmdlets available; "
           "dism:IIS-ASP pending-on");
    /* a table of packages has more columns */
    expect("-------- | ------- | ----\nNetFx4 | Installed | Update\n", "");
}

static void test_dism_info(void **state)
{
    (void)state;
    expect("\nInformationen zum Feature:\n\nFeaturename : " DISM_EXT "\n"
           "Anzeigename : IIS-Erweiterung: WS-Verwaltung\nBeschreibung : x\n"
           "Neustart erforderlich : M\x94glich\nStatus : Deaktiviert\n\n"
           "Benutzerdefinierte Eigenschaften:\n",
           "dism:" DISM_EXT " available");
}

#define CLIXML(text)                                                                               \
    "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">" text    \
    "</Objs>"

static void test_clixml(void **state)
{
    (void)state;
    expect(
        CLIXML("<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Windows.ServerManager.Commands."
               "Feature</T></TN><ToString>Web-Server</ToString><Props><S N=\"Name\">Web-Server</S>"
               "<!-- <a><S N=\"Name\">Web-Ftp-Server</S> --><B N=\"Installed\">true</B>"
               "<Obj N=\"InstallState\" RefId=\"1\"><TN RefId=\"1\"><T>x</T></TN><ToString>"
               "Installed</ToString><I32>1</I32></Obj>"
               "<Obj N=\"ServerComponentDescriptor\" RefId=\"2\"><ToString>ServerComponent_Web"
               "</ToString><Props><S N=\"Name\">WAS</S><B N=\"Installed\">false</B></Props></Obj>"
               "</Props><MS><S N=\"PSComputerName\">EX01</S></MS></Obj>"
               "<Obj RefId=\"3\"><Props><S N=\"Name\">WinRM-IIS-Ext</S>"
               "<Obj N=\"InstallState\" RefId=\"4\"><ToString>Available</ToString></Obj>"
               "<S N=\"AdditionalInfo\" /></Props></Obj>"),
        "WAS available; Web-Server installed; WinRM-IIS-Ext available on EX01");
    /* an array is one object more */
    expect("<?xml version=\"1.0\"?>\r\n" CLIXML(
               "<Obj RefId=\"0\"><LST><Obj RefId=\"1\"><Props><S N=\"FeatureName\">IIS-ASP</S>"
               "<Obj N=\"State\" RefId=\"2\"><ToString>Disabled</ToString></Obj></Props></Obj>"
               "</LST></Obj>"),
           "dism:IIS-ASP available");
}

/* What ends in the middle, and what nothing closes. */
static void test_damaged_clixml(void **state)
{
    static const char text[] = CLIXML("<Obj><Props><S N=\"Name\">WAS</S><B N=\"Installed\">true</B>"
                                      "</Props></Obj><!-- <Obj>");

    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        struct windows_feature_list list;
        struct arena arena = {0};
        char *copy = malloc(size + 1);

        memcpy(copy, text, size);
        (void)windows_feature_read(copy, size, &arena, &list);
        free(copy);
        arena_release(&arena);
    }
    expect(CLIXML("</Obj></Obj><Obj><Obj><Obj><Obj><Obj><Obj><Obj><Obj><Obj><Obj><Obj><Obj><Obj>"
                  "<Obj><Obj><Obj><Obj><Obj><Obj N=\"State\"><ToString>x<S N=\"Name\">WAS</S>"),
           "");
}

/* Whose state is it? */
static void test_several_computers(void **state)
{
    (void)state;
    expect("Name : WAS\nInstalled : True\nPSComputerName : EX01\n\n"
           "Name : WinRM-IIS-Ext\nInstalled : False\nPSComputerName : EX02\n",
           "WAS unknown; WinRM-IIS-Ext unknown");
}

/* More features than there is room for. */
static void test_many(void **state)
{
    char *text = malloc(64 * (FEATURE_LIST_MOST + 10));
    struct windows_feature_list list;
    struct arena arena = {0};
    size_t size = (size_t)sprintf(text, "Name,Installed\n");

    (void)state;
    for (unsigned i = 0; i < FEATURE_LIST_MOST + 5; i++)
        size += (size_t)sprintf(text + size, "Web-%u,True\n", i);
    assert_int_equal(windows_feature_read(text, size, &arena, &list), STATUS_OK);
    assert_int_equal(list.count, FEATURE_LIST_MOST);
    assert_true(list.is_cut);
    assert_non_null(windows_feature_find(&list, FEATURE_OF_SERVER_MANAGER, "WEB-1999"));
    assert_null(windows_feature_find(&list, FEATURE_OF_DISM, "Web-1999"));
    arena_release(&arena);
    free(text);
}

static void test_file_type(void **state)
{
    static const char text[] = "[X] WinRM IIS Extension  WinRM-IIS-Ext  Installed\n";
    enum text_encoding encoding;

    (void)state;
    assert_int_equal(file_type_of((const unsigned char *)text, sizeof text - 1, &encoding),
                     FILE_TYPE_WINDOWS_FEATURES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_old_tree),
        cmocka_unit_test(test_contradiction),
        cmocka_unit_test(test_other_boxes),
        cmocka_unit_test(test_server_manager_list),
        cmocka_unit_test(test_other_lists),
        cmocka_unit_test(test_format_table),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_dism_list),
        cmocka_unit_test(test_dism_list_translated),
        cmocka_unit_test(test_dism_table),
        cmocka_unit_test(test_dism_info),
        cmocka_unit_test(test_clixml),
        cmocka_unit_test(test_damaged_clixml),
        cmocka_unit_test(test_several_computers),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_file_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
