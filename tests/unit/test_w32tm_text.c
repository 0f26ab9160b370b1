/*
 * What w32tm prints, in several languages. The samples were written for this test in the
 * manner of the program; labels are as good as they could be made, and nobody reads them.
 */
#include "diag/buffer.h"
#include "diag/read/w32tm_text.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- /query /status ---- */

#define ENGLISH                                                                                    \
    "Leap Indicator: 0(no warning)\r\n"                                                            \
    "Stratum: 4 (secondary reference - syncd by (S)NTP)\r\n"                                       \
    "Precision: -23 (119.209ns per tick)\r\n"                                                      \
    "Root Delay: 0.0312500s\r\n"                                                                   \
    "Root Dispersion: 7.7902343s\r\n"                                                              \
    "ReferenceId: 0xC0A80A01 (source IP:  192.168.10.1)\r\n"                                       \
    "Last Successful Sync Time: 11/22/2026 9:14:02 AM\r\n"                                         \
    "Source: dc01.contoso.com\r\n"                                                                 \
    "Poll Interval: 10 (1024s)\r\n"

#define ENGLISH_VERBOSE                                                                            \
    "\r\n"                                                                                         \
    "Phase Offset: -0.0004361s\r\n"                                                                \
    "ClockRate: 0.0156250s\r\n"                                                                    \
    "State Machine: 2 (Sync)\r\n"                                                                  \
    "Time Source Flags: 0 (None)\r\n"                                                              \
    "Server Role: 0 (None)\r\n"                                                                    \
    "Last Sync Error: 2 (The computer did not resync because only stale time data was "            \
    "available.)\r\n"                                                                              \
    "Time since Last Good Sync Time: 65.3371270s\r\n"

#define GERMAN                                                                                     \
    "Sprungindikator: 0(keine Warnung)\n"                                                          \
    "Stratum: 4 (Sekundärreferenz - synchr. über (S)NTP)\n"                                      \
    "Präzision: -23 (119.209ns pro Tick)\n"                                                       \
    "Stammverzögerung: 0.0312500s\n"                                                              \
    "Stammabweichung: 7.7902343s\n"                                                                \
    "Referenz-ID: 0xC0A80A01 (Quell-IP:  192.168.10.1)\n"                                          \
    "Letzte erfolgr. Synchronisierungszeit: 22.11.2026 09:14:02\n"                                 \
    "Quelle: dc01.contoso.com\n"                                                                   \
    "Abrufintervall: 10 (1024s)\n"

#define FRENCH                                                                                     \
    "Indicateur de dérive : 0(aucun avertissement)\n"                                             \
    "Couche : 4 (référence secondaire - synchronisée par (S)NTP)\n"                             \
    "Précision : -23 (119.209ns par battement)\n"                                                 \
    "Délai de racine : 0,0312500s\n"                                                              \
    "Dispersion de racine : 7,7902343s\n"                                                          \
    "ID de référence : 0xC0A80A01 (adresse IP de la source : 192.168.10.1)\n"                    \
    "Heure de la dernière synchronisation réussie : 22/11/2026 09:14:02\n"                       \
    "Source\u00A0: dc01.contoso.com\n"                                                             \
    "Intervalle d\u2019interrogation :\u00A010 (1024s)\n"

#define JAPANESE                                                                                   \
    "閏インジケーター: 0 (警告なし)\n"                                                 \
    "階層: 4 (二次参照 - (S)NTP で同期)\n"                                                \
    "精度: -23 (ティックごとに 119.209ns)\n"                                              \
    "ルート遅延: 0.0312500s\n"                                                                \
    "ルート分散: 7.7902343s\n"                                                                \
    "参照 ID: 0xC0A80A01 (ソース IP:  192.168.10.1)\n"                                        \
    "最終正常同期時刻: 2026/11/22 9:14:02\n"                                               \
    "ソース: dc01.contoso.com\n"                                                                \
    "ポーリング間隔: 10 (1024s)\n"                                                          \
    "\n"                                                                                           \
    "フェーズ オフセット: -0.0004361s\n"                                                  \
    "クロック レート: 0.0156250s\n"                                                         \
    "状態マシン: 2 (同期)\n"                                                                \
    "時刻ソース フラグ: 0 (なし)\n"                                                      \
    "サーバーの役割: 0 (なし)\n"                                                          \
    "最終同期エラー: 2 (古い時刻データしか利用できなかったため...)\n"    \
    "最終正常同期時刻からの時間: 65.3371270s\n"

#define RUSSIAN                                                                                                                  \
    "Индикатор помех: 0(предупреждений нет)\n"                                                    \
    "Страта: 4 (вторичная ссылка - синхронизирована с помощью (S)NTP)\n"            \
    "Точность: -23 (119.209ns за такт времени)\n"                                                           \
    "Задержка корня: 0.0312500s\n"                                                                                  \
    "Дисперсия корня: 7.7902343s\n"                                                                                \
    "Идентификатор опорного времени: 0xC0A80A01 (IP-адрес источника:  192.168.10.1)\n" \
    "Время последней успешной синхронизации: 22.11.2026 9:14:02\n"                            \
    "Источник: dc01.contoso.com\n"                                                                                       \
    "Интервал опроса: 10 (1024s)\n"

#define CHINESE                                                                                    \
    "Leap 指示符: 0(无警告)\n"                                                               \
    "层次: 4 (次引用 - 与(S)NTP 同步)\n"                                                   \
    "精度: -23 (每刻度 119.209ns)\n"                                                          \
    "根延迟: 0.0312500s\n"                                                                      \
    "根分散: 7.7902343s\n"                                                                      \
    "引用 ID: 0xC0A80A01 (源 IP:  192.168.10.1)\n"                                              \
    "上次成功同步时间: 2026/11/22 9:14:02\n"                                               \
    "源: dc01.contoso.com,0x8 \n"                                                                 \
    "轮询间隔: 10 (1024s)\n"

/* Shift-JIS, as a console of Windows in Japanese redirects it: its second bytes may be ASCII. */
#define SHIFT_JIS                                                                                  \
    "\x89\x5B\x83\x43\x83\x93\x83\x57\x83\x50\x81\x5B\x83\x5E\x81\x5B: 0 (\x8C\x78\x8D\x90)\n"     \
    "\x8A\x4B\x91\x77: 4 (\x93\xF1\x8E\x9F\x8E\x51\x8F\xC6 - (S)NTP)\n"                            \
    "\x90\xB8\x93\x78: -23 (119.209ns)\n"                                                          \
    "\x83\x8B\x81\x5B\x83\x67: 0.0312500s\n"                                                       \
    "\x83\x8B\x81\x5B\x83\x67: 7.7902343s\n"                                                       \
    "\x8E\x51\x8F\xC6 ID: 0xC0A80A01 (\x83\x5C\x81\x5B\x83\x58 IP:  192.168.10.1)\n"               \
    "\x8D\xC5\x8F\x49: 2026/11/22 9:14:02\n"                                                       \
    "\x83\x5C\x81\x5B\x83\x58: dc01.contoso.com\n"                                                 \
    "\x83\x7C\x81\x5B\x83\x8A\x83\x93\x83\x4F: 10 (1024s)\n"

static enum status read_text(const char *text, struct arena *arena, struct w32tm_status *out)
{
    size_t size = strlen(text);
    char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */
    enum status status;

    assert_non_null(copy);
    memcpy(copy, text, size);
    status = w32tm_read(copy, size, arena, out);
    free(copy);
    return status;
}

/* Not isnan(): that of mingw's headers narrows what it is given. */
static bool is_nan(double number)
{
    return number != number;
}

static bool is_near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static const struct {
    const char *text;
    bool is_verbose;
} statuses[] = {
    {ENGLISH, false},
    {ENGLISH ENGLISH_VERBOSE, true},
    {"\r\nC:\\>w32tm /query /status\r\n" ENGLISH "\r\nC:\\>", false},
    {GERMAN, false},
    {FRENCH, false},
    {JAPANESE, true},
    {RUSSIAN, false},
    {CHINESE, false},
    {SHIFT_JIS, false},
};

/* The same in every language. */
static void test_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct w32tm_status out;
        struct arena arena = {0};

        if (read_text(statuses[i].text, &arena, &out) != STATUS_OK || !out.has_status)
            fail_msg("row %zu is not read", i);
        assert_int_equal(out.leap, 0);
        assert_int_equal(out.stratum, 4);
        assert_true(is_near(out.root_delay, 0.03125) && is_near(out.root_dispersion, 7.7902343));
        assert_int_equal(out.reference_id, 0xC0A80A01);
        assert_int_equal(out.source, W32TM_SOURCE_PEER);
        assert_string_equal(out.source_name, "dc01.contoso.com");
        if (statuses[i].is_verbose) {
            assert_true(is_near(out.phase_offset, -0.0004361));
            assert_int_equal(out.last_error, 2);
        } else {
            assert_true(is_nan(out.phase_offset));
            assert_int_equal(out.last_error, -1);
        }
        assert_int_equal(out.setting_count, 0);
        assert_int_equal(out.peer_count, 0);
        assert_int_equal(out.error, 0);
        assert_true(w32tm_is_text(statuses[i].text, strlen(statuses[i].text)));
        arena_release(&arena);
    }
}

#define STATUS_OF(leap, stratum, reference, sync, source)                                          \
    "a: " leap "\nb: " stratum "\nc: -23 (x)\nd: 0.0s\ne: 0.0s\nf: " reference "\ng: " sync        \
    "\nh: " source "\ni: 6 (64s)\n"

static const struct {
    const char *text;
    enum w32tm_source source;
    const char *name;
} sources[] = {
    {STATUS_OF("0(x)", "1 (x)", "0x4C4F434C (x: \"LOCL\")", "unspecified", "Local CMOS Clock"),
     W32TM_SOURCE_LOCAL_CMOS, "Local CMOS Clock"},
    {STATUS_OF("3(x)", "0 (x)", "0x00000000 (x)", "unspecified", "Free-running System Clock"),
     W32TM_SOURCE_FREE_RUNNING, "Free-running System Clock"},
    {STATUS_OF("0(x)", "3 (x)", "0x564D5450 (x)", "1", "VM IC Time Synchronization Provider"),
     W32TM_SOURCE_VM_IC, "VM IC Time Synchronization Provider"},
    {STATUS_OF("0(x)", "3 (x)", "0x564D5450 (x)", "1", "Fournisseur de l\u2019ordinateur virtuel"),
     W32TM_SOURCE_VM_IC, "Fournisseur de l\u2019ordinateur virtuel"},
    {STATUS_OF("0(x)", "1 (x)", "0x4C4F434C (x)", "1", "Lokale CMOS-Uhr"), W32TM_SOURCE_LOCAL_CMOS,
     "Lokale CMOS-Uhr"},
    {STATUS_OF("3(x)", "0 (x)", "0x00000000 (x)", "nicht_angegeben", "nicht_angegeben"),
     W32TM_SOURCE_UNKNOWN, "nicht_angegeben"},
    {STATUS_OF("0(x)", "2 (x)", "0xC0A80A01 (x)", "1", "time.windows.com,0x9"), W32TM_SOURCE_PEER,
     "time.windows.com"},
    {STATUS_OF("0(x)", "2 (x)", "0xC0A80A01 (x)", "1", "fe80::1%7"), W32TM_SOURCE_PEER,
     "fe80::1%7"},
    {"Local CMOS Clock\r\n", W32TM_SOURCE_LOCAL_CMOS, "Local CMOS Clock"},
    {"\r\nVM IC Time Synchronization Provider", W32TM_SOURCE_VM_IC,
     "VM IC Time Synchronization Provider"},
    {"ntp1.example.net,0x8 ntp2", W32TM_SOURCE_PEER, "ntp1.example.net"},
    {"C:\\Users\\x>w32tm /query /source\ndc01.contoso.com\n\nC:\\Users\\x>", W32TM_SOURCE_PEER,
     "dc01.contoso.com"},
};

static void test_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct w32tm_status out;
        struct arena arena = {0};

        if (read_text(sources[i].text, &arena, &out) != STATUS_OK ||
            out.source != sources[i].source || strcmp(out.source_name, sources[i].name) != 0)
            fail_msg("row %zu", i);
        arena_release(&arena);
    }
}

/* Numbers that do not fit make no status, not one with another number in it. */
static const char *const no_status[] = {
    STATUS_OF("4(x)", "1 (x)", "0x4C4F434C (x)", "1", "x"),
    STATUS_OF("-1(x)", "1 (x)", "0x4C4F434C (x)", "1", "x"),
    STATUS_OF("0", "1 (x)", "0x4C4F434C (x)", "1", "x"),
    STATUS_OF("0(x)", "256 (x)", "0x4C4F434C (x)", "1", "x"),
    STATUS_OF("0(x)", "99999999999999999999 (x)", "0x4C4F434C (x)", "1", "x"),
    STATUS_OF("0(x)", "1 (x)", "0x4C4F434 (x)", "1", "x"),
    STATUS_OF("0(x)", "1 (x)", "LOCL", "1", "x"),
    "a: 0(x)\nb: 1 (x)\nc: -23 (x)\nd: 0s\ne: 0.0s\nf: 0x4C4F434C (x)\ng: 1\nh: x\ni: 6 (64s)\n",
    "a: 0(x)\nb: 1 (x)\nc: -23 (x)\nd: 0.0\ne: 0.0s\nf: 0x4C4F434C (x)\ng: 1\nh: x\ni: 6 (64s)\n",
    "a: 0(x)\nb: 1 (x)\nc: -23 (x)\nd: 1.2.3s\ne: 0.0s\nf: 0x4C4F434C (x)\ng: 1\nh: x\ni: 6 (x)\n",
    "a: 0(x)\nb: 1 (x)\nc: -23 (x)\nd: 1234567890.0s\ne: 0.0s\nf: 0x4C4F434C (x)\ng: 1\nh: x\ni: 6 (",
    "a: 0(x)\nb: 1 (x)\nc: -23 (x)\nd: 0.0s\ne: 0.0s\nf: 0x4C4F434C (x)\ng: 1\nh: x\n",
    "a: 0(x)\nb: 1 (x)\nc: -23 (x)\nx\nd: 0.0s\ne: 0.0s\nf: 0x4C4F434C (x)\ng: 1\nh: x\ni: 6 (64s)",
    "",
    "\n\n",
    "Dear customer,\nthe time is: 12:00 (noon)\n",
    "Local CMOS Clock\nLocal CMOS Clock\n",
    "Lokale Uhr",
    "error (0x00000005)",
    "error (0x8007042)",
    "error 0x80070426",
    "a\nb\nc\nd\nerror (0x80070426)",
};

static void test_no_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof no_status / sizeof *no_status; i++) {
        struct w32tm_status out;
        struct arena arena = {0};

        if (read_text(no_status[i], &arena, &out) != STATUS_MALFORMED)
            fail_msg("row %zu", i);
        assert_false(w32tm_is_text(no_status[i], strlen(no_status[i])));
        arena_release(&arena);
    }
}

/* ---- /query /peers ---- */

#define PEERS                                                                                      \
    "#Peers: 2\n\n"                                                                                \
    "Peer: ntp1.example.net,0x8\nState: Active\nTime Remaining: 877.1341236s\n"                    \
    "Mode: 3 (Client)\nStratum: 2 (secondary reference - syncd by (S)NTP)\n"                       \
    "PeerPoll Interval: 10 (1024s)\nHostPoll Interval: 10 (1024s)\n\n"                             \
    "Peer: ntp2.example.net,0x2\nState: Pending\nTime Remaining: 877.1341236s\n"                   \
    "Mode: 0 (reserved)\nStratum: 0 (unspecified)\n"                                               \
    "PeerPoll Interval: 0 (unspecified)\nHostPoll Interval: 0 (unspecified)\n"

#define PEERS_JAPANESE                                                                                                          \
    "#ピア: 2\n\n"                                                                                                            \
    "ピア: ntp1.example.net,0x8\n状態: アクティブ\n残り時間: 877.1341236s\nモード: 3 "                          \
    "(クライアント)\n階層: 2 (二次参照)\nピアポーリング間隔: 10 (1024s)\nホストポーリング間隔: " \
    "10 (1024s)\n最終同期エラー: 0x00000000 (成功)\n\n"                                                                \
    "ピア: ntp2.example.net,0x2\n状態: 保留中\n残り時間: 877.1341236s\nモード: 0 (予約)\n階層: 0 "            \
    "(未指定)\nピアポーリング間隔: 0 (未指定)\nホストポーリング間隔: 0 (未指定)\n"

static void test_peers(void **state)
{
    static const char *const texts[] = {PEERS, PEERS_JAPANESE, ENGLISH ENGLISH_VERBOSE PEERS,
                                        PEERS ENGLISH};
    struct w32tm_status out;
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(read_text(texts[i], &arena, &out), STATUS_OK);
        assert_int_equal(out.peer_count, 2);
        assert_string_equal(out.peers[0], "ntp1.example.net");
        assert_string_equal(out.peers[1], "ntp2.example.net");
        assert_int_equal(out.has_status, i >= 2);
        assert_true(w32tm_is_text(texts[i], strlen(texts[i])));
    }
    assert_int_equal(read_text("#Peers: 0\r\n", &arena, &out), STATUS_OK);
    assert_int_equal(out.peer_count, 0);
    arena_release(&arena);
}

static void test_many_peers(void **state)
{
    static const char peer[] = "a: b\nc: d\ne: 1.0s\nf: 3 (x)\ng: 2 (x)\nh: 6 (64s)\ni: 6 (64s)\n";
    struct buffer text;
    struct w32tm_status out;
    struct arena arena = {0};

    (void)state;
    buffer_init(&text, W32TM_TEXT_MOST);
    for (int i = 0; i <= W32TM_PEERS_MOST; i++)
        buffer_add_string(&text, peer);
    assert_int_equal(read_text(text.text, &arena, &out), STATUS_OK);
    assert_int_equal(out.peer_count, W32TM_PEERS_MOST);
    buffer_release(&text);
    arena_release(&arena);
}

/* ---- /query /configuration ---- */

/* A client whose group policy is in the words' own language; L, P, D, N: the four words. */
#define CONFIGURATION(section, providers, L, P, D, N)                                              \
    "[" section "]\n\n"                                                                            \
    "EventLogFlags: 2 (" L ")\nAnnounceFlags: 10 (" L ")\nTimeJumpAuditOffset: 28800 (" D ")\n"    \
    "MinPollInterval: 10 (" L ")\nMaxPollInterval: 15 (" L ")\n"                                   \
    "MaxNegPhaseCorrection: 4294967295 (" L ")\nMaxPosPhaseCorrection: 4294967295 (" L ")\n\n"     \
    "FrequencyCorrectRate: 4 (" L ")\nFileLogName: C:\\logs (old)\\w32time.log (" L ")\n"          \
    "FileLogEntries:  (" N ")\n"                                                                   \
    "[" providers "]\n\n"                                                                          \
    "NtpClient (" L ")\nDllName: C:\\Windows\\system32\\w32time.dll (" L ")\nEnabled: 1 (" P ")\n" \
    "InputProvider: 1 (" L ")\nCrossSiteSyncFlags: 2 (" P ")\n"                                    \
    "AllowNonstandardModeCombinations: 1 (" L ")\nResolvePeerBackoffMinutes: 15 (" P ")\n"         \
    "ResolvePeerBackoffMaxTimes: 7 (" P ")\nCompatibilityFlags: 2147483648 (" L ")\n"              \
    "EventLogFlags: 0 (" P ")\nLargeSampleSkew: 3 (" L ")\nSpecialPollInterval: 3600 (" P ")\n"    \
    "Type: NTP (" P ")\nNtpServer: ntp1.example.net,0x8 ntp2.example.net,0x8 (" P ")\n\n"          \
    "VMICTimeProvider (" L ")\nDllName: C:\\Windows\\System32\\vmictimeprovider.dll (" L ")\n"     \
    "Enabled: 1 (" L ")\nInputProvider: 1 (" L ")\n"

static const struct w32tm_setting *find(const struct w32tm_status *out, const char *provider,
                                        const char *name)
{
    for (size_t i = 0; i < out->setting_count; i++) {
        const struct w32tm_setting *setting = &out->settings[i];

        if (strcmp(setting->name, name) == 0 &&
            (provider ? setting->provider && strcmp(setting->provider, provider) == 0
                      : !setting->provider))
            return setting;
    }
    fail_msg("no %s", name);
    return NULL;
}

static void check_setting(const struct w32tm_status *out, const char *provider, const char *name,
                          const char *value, enum w32tm_origin origin)
{
    const struct w32tm_setting *setting = find(out, provider, name);

    assert_string_equal(setting->value, value);
    if (setting->origin != origin)
        fail_msg("%s has origin %d", name, (int)setting->origin);
}

static const char *const configurations[] = {
    CONFIGURATION("Configuration", "TimeProviders", "Local", "Policy", "Default",
                  "Undefined or NotUsed"),
    CONFIGURATION("Konfiguration", "Zeitanbieter", "Lokal", "Richtlinie", "Standard",
                  "Nicht definiert oder nicht verwendet"),
    CONFIGURATION("Configuration", "Fournisseurs de temps", "Local", "Stratégie", "Par défaut",
                  "Non défini ou non utilisé"),
    CONFIGURATION("構成", "タイム プロバイダー", "ローカル", "ポリシー", "既定",
                  "未定義または未使用"),
    CONFIGURATION("Конфигурация", "Поставщики времени", "Локально", "Политика", "По умолчанию",
                  "Не определено (не используется)"),
    CONFIGURATION("配置", "时间提供程序", "本地", "策略", "默认", "未定义"),
};

/* Words are learnt from where they stand, in languages that this program does not know. */
static void test_configuration(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof configurations / sizeof *configurations; i++) {
        struct w32tm_status out;
        struct arena arena = {0};

        assert_int_equal(read_text(configurations[i], &arena, &out), STATUS_OK);
        assert_false(out.has_status);
        assert_int_equal(out.setting_count, 26);
        check_setting(&out, NULL, "AnnounceFlags", "10", W32TM_LOCAL);
        check_setting(&out, NULL, "EventLogFlags", "2", W32TM_LOCAL);
        check_setting(&out, NULL, "TimeJumpAuditOffset", "28800", W32TM_DEFAULT);
        check_setting(&out, NULL, "FileLogName", "C:\\logs (old)\\w32time.log", W32TM_LOCAL);
        check_setting(&out, NULL, "FileLogEntries", "", W32TM_UNKNOWN);
        check_setting(&out, "NtpClient", "EventLogFlags", "0", W32TM_POLICY);
        check_setting(&out, "NtpClient", "Type", "NTP", W32TM_POLICY);
        check_setting(&out, "NtpClient", "NtpServer", "ntp1.example.net,0x8 ntp2.example.net,0x8",
                      W32TM_POLICY);
        check_setting(&out, "NtpClient", "LargeSampleSkew", "3", W32TM_LOCAL);
        check_setting(&out, "VMICTimeProvider", "Enabled", "1", W32TM_LOCAL);
        assert_true(w32tm_is_text(configurations[i], strlen(configurations[i])));
        arena_release(&arena);
    }
}

#define CLIENT(L, P) "[x]\nNtpClient (" L ")\nDllName: x.dll (" L ")\nEnabled: 1 (" P ")\n"
#define GROUP(P)                                                                                   \
    "CrossSiteSyncFlags: 2 (" P ")\nResolvePeerBackoffMinutes: 15 (" P ")\n"                       \
    "ResolvePeerBackoffMaxTimes: 7 (" P ")\nSpecialPollInterval: 3600 (" P ")\nType: NTP (" P      \
    ")\n"

static const struct {
    const char *text;
    enum w32tm_origin enabled;
} origins[] = {
    {CLIENT("Lokal", "Lokal"), W32TM_LOCAL},
    {CLIENT("Lokal", "Richtlinie"), W32TM_UNKNOWN}, /* or a default: nothing tells */
    {CLIENT("Lokal", "Policy"), W32TM_POLICY},      /* English */
    {CLIENT("Lokal", "Richtlinie") GROUP("Richtlinie"), W32TM_POLICY},
    {CLIENT("Lokal", "Standard") GROUP("Richtlinie"), W32TM_UNKNOWN},
    {CLIENT("Lokal", "R") "Type: NTP (R)\n", W32TM_UNKNOWN},
    {CLIENT("Lokal", "R") "Type: NTP (R)\nLargeSampleSkew: 3 (S)\n", W32TM_POLICY},
    {CLIENT("Lokal", "S") "Type: NTP (R)\nLargeSampleSkew: 3 (S)\n", W32TM_DEFAULT},
    {CLIENT("Lokal", "N") GROUP("N") "NtpServer:  (N)\n", W32TM_UNKNOWN},
    {"[x]\nNtpClient (L)\nEnabled: 1 (L)\nType: NTP (L)\n" GROUP("L"), W32TM_UNKNOWN},
    {"[x]\nNtpClient (L)\nDllName: x (L)\nEnabled: 1\n", W32TM_UNKNOWN},
};

/* What cannot be learnt is unknown. */
static void test_origins(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        struct w32tm_status out;
        struct arena arena = {0};

        assert_int_equal(read_text(origins[i].text, &arena, &out), STATUS_OK);
        if (find(&out, "NtpClient", "Enabled")->origin != origins[i].enabled)
            fail_msg("row %zu", i);
        arena_release(&arena);
    }
}

/* The space before a French colon, settings of versions to come, and what is no setting. */
static void test_odd_settings(void **state)
{
    struct w32tm_status out;
    struct arena arena = {0};

    (void)state;
    assert_int_equal(read_text("Type: early (Local)\n[a]\nType\u00A0: NT5DS (Local)\n"
                               "UtilizeSslTimeData : 1 (Local)\nAbc: 1\nTwo Words: 1 (Local)\n"
                               ": 1 (Local)\nEnabled\xFF: 0 (Local)\nC:\\x>w32tm /query (x)\n"
                               "NtpClient (Local)\n[b]\nHoldPeriod: 5 (Local)\n" ENGLISH
                               "InputProvider: 1 (Local)\n",
                               &arena, &out),
                     STATUS_OK);
    assert_true(out.has_status);
    assert_int_equal(out.setting_count, 5);
    check_setting(&out, NULL, "HoldPeriod", "5", W32TM_LOCAL);
    check_setting(&out, NULL, "Type", "NT5DS", W32TM_LOCAL);
    check_setting(&out, NULL, "UtilizeSslTimeData", "1", W32TM_LOCAL);
    check_setting(&out, NULL, "Enabled", "0", W32TM_LOCAL);
    arena_release(&arena);
}

static void test_many_settings(void **state)
{
    struct buffer text;
    struct w32tm_status out;
    struct arena arena = {0};

    (void)state;
    buffer_init(&text, W32TM_TEXT_MOST + 1);
    buffer_add_string(&text, "[a]\n");
    for (int i = 0; i <= W32TM_SETTINGS_MOST; i++)
        buffer_add_string(&text, "Type: NTP (Local)\n");
    assert_int_equal(read_text(text.text, &arena, &out), STATUS_OK);
    assert_int_equal(out.setting_count, W32TM_SETTINGS_MOST);
    while (text.size < W32TM_TEXT_MOST)
        buffer_add_char(&text, '\n');
    assert_int_equal(read_text(text.text, &arena, &out), STATUS_OK);
    buffer_add_char(&text, '\n');
    assert_int_equal(read_text(text.text, &arena, &out), STATUS_TOO_LARGE);
    buffer_release(&text);
    arena_release(&arena);
}

/* ---- what else it says ---- */

static void test_errors(void **state)
{
    static const char *const not_started[] = {
        "The following error occurred: The service has not been started. (0x80070426)\r\n",
        "Folgender Fehler ist aufgetreten: Der Dienst wurde nicht gestartet. (0x80070426)",
        "C:\\>w32tm /query /status\n\n次のエラーが発生しました: (0x80070426)\n\nC:\\>",
    };
    static const char denied[] = "The following error occurred: Access is denied. (0x80070005)\n";
    struct w32tm_status out;
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof not_started / sizeof *not_started; i++) {
        assert_int_equal(read_text(not_started[i], &arena, &out), STATUS_OK);
        assert_true(out.error == W32TM_SERVICE_NOT_STARTED);
        assert_false(out.has_status);
        assert_true(w32tm_is_text(not_started[i], strlen(not_started[i])));
    }
    assert_int_equal(read_text(denied, &arena, &out), STATUS_OK);
    assert_true(out.error == UINT32_C(0x80070005));
    assert_false(w32tm_is_text(denied, strlen(denied)));
    arena_release(&arena);
}

/* A bare host name may be anything's; with flags it is w32tm's. */
static void test_recognised(void **state)
{
    static const struct {
        const char *text;
        bool is_text;
    } rows[] = {
        {"dc01.contoso.com\n", false},
        {"time.windows.com,0x9 \r\n", true},
        {"Local CMOS Clock\r\n", true},
        {"a,b\n", false},
        {"part,9\n", false},
        {"a,0x\n", false},
        {"[a]\nType: x (y)\n", false},
        {"#Peers: 0\n", false},
        {"# comment: 7 (seven)\n", false},
        {"[Unit]\nType=simple\n", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (w32tm_is_text(rows[i].text, strlen(rows[i].text)) != rows[i].is_text)
            fail_msg("row %zu", i);
    }
}

/* Cut after any byte. */
static void test_truncated(void **state)
{
    static const char text[] =
        ENGLISH ENGLISH_VERBOSE PEERS CONFIGURATION("a", "b", "L", "P", "D", "N");

    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        struct w32tm_status out;
        struct arena arena = {0};
        char *copy = memory_new(size + 1, 1);

        memcpy(copy, text, size);
        if (read_text(copy, &arena, &out) != STATUS_OK || !out.has_status)
            assert_true(size < strlen(ENGLISH));
        assert_true(out.peer_count <= 2 && out.setting_count <= 26);
        free(copy);
        arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status),        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_no_status),     cmocka_unit_test(test_peers),
        cmocka_unit_test(test_many_peers),    cmocka_unit_test(test_configuration),
        cmocka_unit_test(test_origins),       cmocka_unit_test(test_odd_settings),
        cmocka_unit_test(test_many_settings), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_recognised),    cmocka_unit_test(test_truncated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
