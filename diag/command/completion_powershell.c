/* Completion for Windows PowerShell 5.1 and PowerShell 7. */
#include "diag/command/completion.h"
#include "diag/version.h"

/* Whatever PowerShell takes for a single quote ends a string in them. */
static const struct completion_escape quoted[] = {
    {"'", "''"},
    {"\u2018", "\u2018\u2018"},
    {"\u2019", "\u2019\u2019"},
    {"\u201a", "\u201a\u201a"},
    {"\u201b", "\u201b\u201b"},
    {NULL, NULL},
};

static const char head[] =
    "# PowerShell completion of exdiag " EXDIAG_VERSION
    ", as 'exdiag completion powershell' prints it.\n"
    "# In $PROFILE: exdiag completion powershell | Out-String | Invoke-Expression\n\n"
    "Register-ArgumentCompleter -Native -CommandName 'exdiag', 'exdiag.exe' -ScriptBlock {\n"
    "    param($wordToComplete, $commandAst, $cursorPosition)\n\n";

/* An empty string says that nothing fits: without one, PowerShell completes files. */
static const char body[] =
    "    # What is typed: the words before the cursor, and of the last one what is in front of it.\n"
    "    $typed = @()\n"
    "    $current = ''\n"
    "    foreach ($element in $commandAst.CommandElements) {\n"
    "        $start = $element.Extent.StartOffset\n"
    "        if ($element.Extent.EndOffset -lt $cursorPosition) {\n"
    "            $typed += $element.Extent.Text\n"
    "        } elseif ($start -lt $cursorPosition) {\n"
    "            $current = $element.Extent.Text.Substring(0, $cursorPosition - $start)\n"
    "        }\n"
    "    }\n"
    "    if ($current -eq '') { $current = [string] $wordToComplete }\n\n"
    "    # Which words stand there: of an option's value, options, arguments.\n"
    "    $table = $null\n"
    "    $kind = 'none'\n"
    "    $front = ''\n"
    "    $isBare = $false\n"
    "    if ($typed.Count -le 1) {\n"
    "        $table = $first\n"
    "    } elseif ($typed[1] -ceq 'help') {\n"
    "        if ($typed.Count -eq 2) { $kind = 'command' }\n"
    "    } elseif ($options.ContainsKey($typed[1])) {\n"
    "        $own = $options[$typed[1]]\n"
    "        $option = ''\n"
    "        for ($i = 2; $i -lt $typed.Count -and -not $isBare; $i++) {\n"
    "            $option = ''\n"
    "            if ($typed[$i] -ceq '--') {\n"
    "                $isBare = $true\n"
    "            } elseif ($own.Contains($typed[$i]) -and $own[$typed[$i]][0] -ne 'none') {\n"
    "                $option = $typed[$i]\n"
    "                $i++\n"
    "            }\n"
    "        }\n"
    "        if ($option -ne '' -and $i -gt $typed.Count) {\n"
    "            $kind = $own[$option][0]\n"
    "        } elseif (-not $isBare -and $current -match '^(--[a-z-]+)=') {\n"
    "            if ($own.Contains($Matches[1])) { $kind = $own[$Matches[1]][0] }\n"
    "            $front = $Matches[0]\n"
    "        } elseif (-not $isBare -and $current.StartsWith('-')) {\n"
    "            $table = @{}\n"
    "            foreach ($name in $own.Keys) { $table[$name] = $own[$name][1] }\n"
    "        } else {\n"
    "            $kind = $arguments[$typed[1]]\n"
    "        }\n"
    "    }\n"
    "    if ($kind -eq 'file' -or $kind -eq 'source') { return }\n\n"
    "    # What of the value stays in front of each word, and what follows it.\n"
    "    $tail = ''\n"
    "    $value = $current.Substring($front.Length)\n"
    "    if ($shapes[$kind] -eq 'list') {\n"
    "        $front += $value.Substring(0, $value.LastIndexOf(',') + 1)\n"
    "    } elseif ($shapes[$kind] -eq 'assignment' -and $value.Contains('=')) {\n"
    "        $front += $value.Substring(0, $value.IndexOf('=') + 1)\n"
    "        $kind += ' values'\n"
    "    } elseif ($shapes[$kind] -eq 'assignment') {\n"
    "        $tail = '='\n"
    "    }\n"
    "    if ($null -eq $table) { $table = $vocabularies[$kind] }\n"
    "    if ($null -eq $table) { $table = @{} }\n\n"
    "    # PowerShell may replace the end of the word alone: so behind a comma.\n"
    "    $kept = 0\n"
    "    if ($current.EndsWith($wordToComplete)) { $kept = $current.Length - $wordToComplete.Length }\n"
    "    $found = @(foreach ($name in ($table.Keys | Sort-Object)) {\n"
    "        $whole = $front + $name + $tail\n"
    "        if ($whole.StartsWith($current, [System.StringComparison]::Ordinal)) {\n"
    "            [System.Management.Automation.CompletionResult]::new(\n"
    "                $whole.Substring($kept), $name, 'ParameterValue', $table[$name])\n"
    "        }\n"
    "    })\n"
    "    if ($found.Count -eq 0) { '' } else { $found }\n"
    "}\n";

static void put_quoted(FILE *stream, const char *text)
{
    fputs("'", stream);
    completion_put(stream, text, quoted);
    fputs("'", stream);
}

static void put_row(FILE *stream, const char *text, const char *help)
{
    fputs("            ", stream);
    put_quoted(stream, text);
    fputs(" = ", stream);
    put_quoted(stream, *help ? help : text);
    fputs("\n", stream);
}

static void put_words(FILE *stream, const char *name, const char *more, const struct words *words)
{
    if (words->count == 0)
        return;
    fprintf(stream, "        '%s%s' = @{\n", name, more);
    for (size_t i = 0; i < words->count; i++)
        put_row(stream, words->list[i].text, words->list[i].help);
    fputs("        }\n", stream);
}

static void put_vocabularies(FILE *stream, const struct completion *completion)
{
    static const char *const shapes[] = {
        [SHAPE_WORD] = "word", [SHAPE_LIST] = "list", [SHAPE_ASSIGNMENT] = "assignment"};

    fputs("    $vocabularies = @{\n", stream);
    for (unsigned kind = 0; kind < VOCABULARY_COUNT; kind++) {
        const struct vocabulary *one = &completion->vocabularies[kind];

        put_words(stream, one->name, "", &one->words);
        put_words(stream, one->name, " values", &one->values);
    }
    fputs("    }\n    $shapes = @{\n", stream);
    for (unsigned kind = 0; kind < VOCABULARY_COUNT; kind++)
        fprintf(stream, "        '%s' = '%s'\n", completion->vocabularies[kind].name,
                shapes[completion->vocabularies[kind].shape]);
    fputs("    }\n", stream);
}

static void put_options(FILE *stream, const struct completion *completion)
{
    fputs("    $options = @{\n", stream);
    for (size_t i = 0; i < completion->command_count; i++) {
        const struct completion_command *command = &completion->commands[i];

        fprintf(stream, "        '%s' = @{\n", command->name);
        for (size_t j = 0; j < command->option_count; j++) {
            const struct completion_option *option = &command->options[j];

            fprintf(stream, "            '--%s' = @('%s', ", option->name,
                    completion->vocabularies[option->takes].name);
            put_quoted(stream, *option->help ? option->help : option->name);
            fputs(")\n", stream);
        }
        fputs("        }\n", stream);
    }
    fputs("    }\n", stream);
}

static void put_commands(FILE *stream, const struct completion *completion)
{
    fputs("    $first = @{\n", stream);
    for (size_t i = 0; i < completion->command_count; i++)
        put_row(stream, completion->commands[i].name, completion->commands[i].summary);
    put_row(stream, "help", "the help of a command");
    put_row(stream, "--help", "this help");
    put_row(stream, "--version", "the version");
    fputs("    }\n    $arguments = @{\n", stream);
    for (size_t i = 0; i < completion->command_count; i++)
        fprintf(stream, "        '%s' = '%s'\n", completion->commands[i].name,
                completion->vocabularies[completion->commands[i].arguments].name);
    fputs("    }\n\n", stream);
}

void completion_powershell(const struct completion *completion, FILE *stream)
{
    fputs(head, stream);
    put_vocabularies(stream, completion);
    put_options(stream, completion);
    put_commands(stream, completion);
    fputs(body, stream);
}
