/* Completion for bash 4 and later, and as far as it goes for 3.2. It needs no package. */
#include "diag/command/completion.h"
#include "diag/version.h"

static const struct completion_escape quoted[] = {{"'", "'\\''"}, {NULL, NULL}};

static const char head[] =
    "# bash completion of exdiag " EXDIAG_VERSION ", as 'exdiag completion bash' prints it.\n"
    "# In ~/.bashrc: source <(exdiag completion bash)\n\n";

/*
 * Bash cuts words at = and : too; here they are put together again as the program gets them, and
 * what is in front of the last = is left out of each reply, as bash wants it.
 */
static const char body[] =
    "_exdiag_type() {\n"
    "    local rest=${COMP_LINE:0:COMP_POINT} word blank i\n"
    "    typed=()\n"
    "    for ((i = 0; i <= COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        blank=${rest%%[![:blank:]]*}\n"
    "        rest=${rest#\"$blank\"}\n"
    "        if ((i == COMP_CWORD)); then\n"
    "            word=$rest\n"
    "        fi\n"
    "        if ((i == 0)) || [[ -n $blank ]]; then\n"
    "            typed+=(\"$word\")\n"
    "        else\n"
    "            typed[${#typed[@]}-1]+=$word\n"
    "        fi\n"
    "        rest=${rest#\"$word\"}\n"
    "    done\n"
    "}\n\n"
    "# Of KIND, to what is typed of a value behind HEAD.\n"
    "_exdiag_value() {\n"
    "    local kind=$1 front=$2 value=$3 shape=word tail='' word cut=''\n"
    "    local -a words=() values=()\n"
    "    if [[ $kind == file || $kind == source ]]; then\n"
    "        compopt -o default 2>/dev/null\n"
    "        return\n"
    "    fi\n"
    "    _exdiag_words \"$kind\"\n"
    "    if [[ $shape == list && $value == *,* ]]; then\n"
    "        front+=${value%,*},\n"
    "    elif [[ $shape == assignment && $value == *=* ]]; then\n"
    "        front+=${value%%=*}=\n"
    "        words=(\"${values[@]}\")\n"
    "    elif [[ $shape == assignment ]]; then\n"
    "        tail='='\n"
    "        compopt -o nospace 2>/dev/null\n"
    "    fi\n"
    "    if [[ $COMP_WORDBREAKS == *=* && $current == *=* ]]; then\n"
    "        cut=${current%=*}=\n"
    "    fi\n"
    "    for word in \"${words[@]}\"; do\n"
    "        word=$front$word$tail\n"
    "        if [[ $word == \"$current\"* ]]; then\n"
    "            COMPREPLY+=(\"${word#\"$cut\"}\")\n"
    "        fi\n"
    "    done\n"
    "}\n\n"
    "_exdiag() {\n"
    "    local -a typed\n"
    "    local command current takes bare='' i last\n"
    "    COMPREPLY=()\n"
    "    _exdiag_type\n"
    "    last=$((${#typed[@]} - 1))\n"
    "    current=${typed[last]}\n"
    "    command=${typed[1]}\n"
    "    if ((last == 1)); then\n"
    "        _exdiag_value first '' \"$current\"\n"
    "        return\n"
    "    fi\n"
    "    if [[ $command == help ]]; then\n"
    "        if ((last == 2)); then\n"
    "            _exdiag_value command '' \"$current\"\n"
    "        fi\n"
    "        return\n"
    "    fi\n"
    "    for ((i = 2; i < last; i++)); do\n"
    "        if [[ $bare ]]; then\n"
    "            break\n"
    "        elif [[ ${typed[i]} == -- ]]; then\n"
    "            bare=1\n"
    "        elif [[ ${typed[i]} == --* && ${typed[i]} != *=* ]]; then\n"
    "            _exdiag_takes \"$command ${typed[i]}\"\n"
    "            if [[ $takes ]] && ((++i == last)); then\n"
    "                _exdiag_value \"$takes\" '' \"$current\"\n"
    "                return\n"
    "            fi\n"
    "        fi\n"
    "    done\n"
    "    if [[ -z $bare && $current == --*=* ]]; then\n"
    "        _exdiag_takes \"$command ${current%%=*}\"\n"
    "        if [[ $takes ]]; then\n"
    "            _exdiag_value \"$takes\" \"${current%%=*}=\" \"${current#*=}\"\n"
    "        fi\n"
    "    elif [[ -z $bare && $current == -* ]]; then\n"
    "        _exdiag_value \"options $command\" '' \"$current\"\n"
    "    else\n"
    "        _exdiag_takes \"$command\"\n"
    "        _exdiag_value \"${takes:-none}\" '' \"$current\"\n"
    "    fi\n"
    "}\n\n"
    "if type compopt >/dev/null 2>&1; then\n"
    "    complete -F _exdiag exdiag exdiag.exe\n"
    "else\n"
    "    complete -o default -F _exdiag exdiag exdiag.exe\n"
    "fi\n";

static void put_word(FILE *stream, const char *dashes, const char *text)
{
    fprintf(stream, " '%s", dashes);
    completion_put(stream, text, quoted);
    fputs("'", stream);
}

static void put_words(FILE *stream, const char *name, const struct words *words)
{
    fprintf(stream, " %s=(", name);
    for (size_t i = 0; i < words->count; i++)
        put_word(stream, "", words->list[i].text);
    fputs(")", stream);
}

static void put_vocabulary(FILE *stream, const struct vocabulary *vocabulary)
{
    static const char *const shapes[] = {
        [SHAPE_WORD] = "word", [SHAPE_LIST] = "list", [SHAPE_ASSIGNMENT] = "assignment"};

    if (vocabulary->words.count == 0)
        return;
    fprintf(stream, "    %s) shape=%s", vocabulary->name, shapes[vocabulary->shape]);
    put_words(stream, "words", &vocabulary->words);
    put_words(stream, "values", &vocabulary->values);
    fputs(" ;;\n", stream);
}

static void put_all_words(FILE *stream, const struct completion *completion)
{
    fputs("_exdiag_words() {\n    case $1 in\n    first) words=('help' '--help' '--version'",
          stream);
    for (size_t i = 0; i < completion->command_count; i++)
        put_word(stream, "", completion->commands[i].name);
    fputs(") ;;\n", stream);
    for (unsigned kind = 0; kind < VOCABULARY_COUNT; kind++)
        put_vocabulary(stream, &completion->vocabularies[kind]);
    for (size_t i = 0; i < completion->command_count; i++) {
        const struct completion_command *command = &completion->commands[i];

        fprintf(stream, "    'options %s') words=(", command->name);
        for (size_t j = 0; j < command->option_count; j++)
            put_word(stream, "--", command->options[j].name);
        fputs(") ;;\n", stream);
    }
    fputs("    esac\n}\n\n", stream);
}

static void put_takes(FILE *stream, const struct completion *completion)
{
    fputs("# What stands behind \"COMMAND --OPTION\", or as an argument of \"COMMAND\".\n"
          "_exdiag_takes() {\n    takes=\n    case $1 in\n",
          stream);
    for (size_t i = 0; i < completion->command_count; i++) {
        const struct completion_command *command = &completion->commands[i];

        fprintf(stream, "    '%s') takes='%s' ;;\n", command->name,
                completion->vocabularies[command->arguments].name);
        for (size_t j = 0; j < command->option_count; j++) {
            const struct completion_option *option = &command->options[j];

            if (option->takes != VOCABULARY_NONE)
                fprintf(stream, "    '%s --%s') takes='%s' ;;\n", command->name, option->name,
                        completion->vocabularies[option->takes].name);
        }
    }
    fputs("    esac\n}\n\n", stream);
}

void completion_bash(const struct completion *completion, FILE *stream)
{
    fputs(head, stream);
    put_all_words(stream, completion);
    put_takes(stream, completion);
    fputs(body, stream);
}
