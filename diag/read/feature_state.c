#include "diag/read/windows_feature.h"

#include "diag/text.h"

#include <string.h>

static const char *const state_words[] = {
#define X(name, word) [FEATURE_##name] = word,
    FEATURE_STATE_LIST(X)
#undef X
};

const char *feature_state_word(enum feature_state state)
{
    return state_words[state < FEATURE_STATE_COUNT ? state : FEATURE_UNKNOWN];
}

enum feature_state feature_state_from_word(const char *word)
{
    for (unsigned i = 0; i < FEATURE_STATE_COUNT; i++) {
        if (strcmp(state_words[i], word) == 0)
            return (enum feature_state)i;
    }
    return FEATURE_UNKNOWN;
}

/*
 * What the tools print. PowerShell's are names of an enumeration and the same everywhere; dism's
 * are translated. A word that is not here is an unknown state, so that none can be taken for
 * another.
 */
static const struct {
    const char *word; /* UTF-8 */
    enum feature_state state;
} said[] = {
    {"Installed", FEATURE_INSTALLED},
    {"Available", FEATURE_AVAILABLE},
    {"Removed", FEATURE_REMOVED},
    {"InstallPending", FEATURE_PENDING_ON},
    {"UninstallPending", FEATURE_PENDING_OFF},
    {"RemovePending", FEATURE_PENDING_OFF},
    {"Enabled", FEATURE_INSTALLED},
    {"Disabled", FEATURE_AVAILABLE},
    {"DisabledWithPayloadRemoved", FEATURE_REMOVED},
    {"Disabled with Payload Removed", FEATURE_REMOVED},
    {"EnablePending", FEATURE_PENDING_ON},
    {"Enable Pending", FEATURE_PENDING_ON},
    {"DisablePending", FEATURE_PENDING_OFF},
    {"Disable Pending", FEATURE_PENDING_OFF},
    {"Aktiviert", FEATURE_INSTALLED},
    {"Deaktiviert", FEATURE_AVAILABLE},
    {"Activé", FEATURE_INSTALLED},
    {"Activée", FEATURE_INSTALLED},
    {"Désactivé", FEATURE_AVAILABLE},
    {"Désactivée", FEATURE_AVAILABLE},
    {"Habilitado", FEATURE_INSTALLED},
    {"Habilitada", FEATURE_INSTALLED},
    {"Deshabilitado", FEATURE_AVAILABLE},
    {"Deshabilitada", FEATURE_AVAILABLE},
    {"Desabilitado", FEATURE_AVAILABLE},
    {"Ativado", FEATURE_INSTALLED},
    {"Desativado", FEATURE_AVAILABLE},
    {"Abilitata", FEATURE_INSTALLED},
    {"Abilitato", FEATURE_INSTALLED},
    {"Disabilitata", FEATURE_AVAILABLE},
    {"Disabilitato", FEATURE_AVAILABLE},
    {"Attivata", FEATURE_INSTALLED},
    {"Attivato", FEATURE_INSTALLED},
    {"Disattivata", FEATURE_AVAILABLE},
    {"Disattivato", FEATURE_AVAILABLE},
    {"Ingeschakeld", FEATURE_INSTALLED},
    {"Uitgeschakeld", FEATURE_AVAILABLE},
    {"Aktiverad", FEATURE_INSTALLED},
    {"Inaktiverad", FEATURE_AVAILABLE},
    {"Aktiveret", FEATURE_INSTALLED},
    {"Deaktiveret", FEATURE_AVAILABLE},
    {"Aktivert", FEATURE_INSTALLED},
    {"Deaktivert", FEATURE_AVAILABLE},
    {"Povoleno", FEATURE_INSTALLED},
    {"Zakázáno", FEATURE_AVAILABLE},
    {"Włączone", FEATURE_INSTALLED},
    {"Wyłączone", FEATURE_AVAILABLE},
    {"Включен", FEATURE_INSTALLED},
    {"Включено", FEATURE_INSTALLED},
    {"Отключен", FEATURE_AVAILABLE},
    {"Отключено", FEATURE_AVAILABLE},
    {"有効", FEATURE_INSTALLED},
    {"無効", FEATURE_AVAILABLE},
    {"已启用", FEATURE_INSTALLED},
    {"已禁用", FEATURE_AVAILABLE},
    {"已啟用", FEATURE_INSTALLED},
    {"已停用", FEATURE_AVAILABLE},
    {"사용", FEATURE_INSTALLED},
    {"사용 안 함", FEATURE_AVAILABLE},
};

static bool is_ascii(char character)
{
    return (unsigned char)character < 0x80;
}

static size_t letters_of(const char *word)
{
    size_t letters = 0;

    for (; *word; word++)
        letters += is_ascii(*word);
    return letters;
}

/* A byte of a code page stands for one character of the word that is not ASCII. */
static bool is_of_code_page(const char *text, size_t size, const char *word)
{
    size_t at = 0;

    for (; *word && at < size; at++) {
        if (is_ascii(text[at]) != is_ascii(*word) ||
            (is_ascii(*word) && text_lower(text[at]) != text_lower(*word)))
            return false;
        word += text_next(word, strlen(word));
    }
    return !*word && at == size;
}

enum feature_state feature_state_of(const char *text, size_t size)
{
    bool is_utf8 = text_is_utf8(text, size);

    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        const char *word = said[i].word;

        if (text_equal_fold_sized(text, size, word, strlen(word)) ||
            (!is_utf8 && 2 * letters_of(word) > strlen(word) && is_of_code_page(text, size, word)))
            return said[i].state;
    }
    return FEATURE_UNKNOWN;
}
