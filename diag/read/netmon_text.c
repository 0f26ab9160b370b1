#include "diag/read/netmon_text.h"

#include "diag/read/dns_message.h"
#include "diag/read/netmon_field.h"
#include "diag/read/netmon_frame.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    LINE_MOST = 512,       /* printed lines are shorter: what is longer has lost its breaks */
    STATEMENT_MOST = 2048, /* bytes of a statement that are looked at */
    MARK_MOST = 12
};

struct netmon_text_reader {
    struct arena memory;
    struct netmon_mail *mail;
    struct netmon_frame frame;
    uint64_t frames; /* begun */
    int64_t elapsed; /* microseconds that deltas between frames add up to */
    bool has_dates;
    bool is_row;        /* of the frame, only its row in the summary has been read */
    bool is_flowing;    /* statements run on in this line */
    struct buffer text; /* the line, or the statement, that is being read */
    char word[MARK_MOST + 1];
    size_t word_size; /* may be more than `word` keeps */
};

struct netmon_text_reader *netmon_text_reader_new(void)
{
    struct netmon_text_reader *reader = memory_new(1, sizeof *reader);

    reader->mail = netmon_mail_new(&reader->memory);
    buffer_init(&reader->text, STATEMENT_MOST);
    return reader;
}

/* ---- frames ---- */

static void end_frame(struct netmon_text_reader *reader)
{
    if (reader->frame.is_begun)
        netmon_mail_add(reader->mail, &reader->frame);
    memset(&reader->frame, 0, sizeof reader->frame);
}

static void begin_frame(struct netmon_text_reader *reader)
{
    end_frame(reader);
    reader->is_row = false;
    reader->frame.is_begun = true;
    reader->frame.moment.frame = ++reader->frames;
    reader->frame.moment.time = reader->elapsed;
}

/* Begins a frame, unless the one begun lacks what comes now, or a row announced it. */
static void need_frame(struct netmon_text_reader *reader, bool is_there)
{
    struct netmon_frame *frame = &reader->frame;

    if (reader->is_row) {
        reader->is_row = false; /* the details say it again */
        frame->tcp.is_present = false;
        frame->source_port = frame->destination_port = 0;
    } else if (!frame->is_begun || is_there) {
        begin_frame(reader);
    }
}

static bool has_content(const struct netmon_frame *frame)
{
    return frame->tcp.is_present || frame->dns.is_present || frame->source_port;
}

/* "Time delta from previous physical frame: 120 milliseconds" */
static void read_delta(struct netmon_text_reader *reader, const char *value)
{
    int64_t delta = (int64_t)(netmon_number(value) % 1000000000);
    const char *unit = netmon_skip_space(value + strspn(value, "0123456789"));

    if (text_starts_fold(unit, strlen(unit), "milli"))
        delta *= 1000;
    else if (!text_starts_fold(unit, strlen(unit), "micro"))
        delta *= 1000000;
    reader->elapsed += delta;
    if (reader->frame.moment.time == reader->elapsed - delta)
        reader->frame.moment.time = reader->elapsed;
}

static void read_frame(struct netmon_text_reader *reader, const char *statement)
{
    struct netmon_frame *frame = &reader->frame;
    const char *capture = netmon_field(statement, "Time of capture");
    const char *delta = netmon_field(statement, "Time delta from previous physical frame");
    const char *number = netmon_field(statement, "Frame number");

    need_frame(reader, has_content(frame) &&
                           text_starts_fold(statement, strlen(statement), "Base frame properties"));
    if (!capture)
        capture = netmon_field(statement, "Time");
    if (capture && netmon_moment(capture)) {
        frame->moment.time = netmon_moment(capture);
        reader->has_dates = true;
    }
    if (capture && !netmon_moment(capture) && netmon_seconds(capture) > 0)
        frame->moment.time = netmon_seconds(capture);
    if (delta)
        read_delta(reader, delta);
    if (number && netmon_number(number))
        frame->moment.frame = reader->frames = netmon_number(number);
}

/* Where the text leaves frames out, or their first lines, a lower layer begins one. */
static void read_link(struct netmon_text_reader *reader, const char *statement)
{
    need_frame(reader, has_content(&reader->frame) && strstr(statement, "ETYPE"));
}

static void read_ip(struct netmon_text_reader *reader, const char *statement)
{
    struct netmon_frame *frame = &reader->frame;

    need_frame(reader, has_content(frame) && netmon_field(statement, "ID") == statement + 5);
    netmon_read_address(statement, "Source Address", &frame->source);
    netmon_read_address(statement, "Destination Address", &frame->destination);
}

static void read_udp(struct netmon_text_reader *reader, const char *statement)
{
    netmon_read_port(statement, "Src Port", &reader->frame.source_port);
    netmon_read_port(statement, "Dst Port", &reader->frame.destination_port);
    netmon_read_port(statement, "Source Port", &reader->frame.source_port);
    netmon_read_port(statement, "Destination Port", &reader->frame.destination_port);
}

/* ".A..S.": six places, the letter of each or a dot. */
static bool read_flags(const char *text, unsigned *flags)
{
    static const char letters[] = "UAPRSF";

    *flags = 0;
    for (unsigned i = 0; i < 6; i++) {
        if (text[i] != '.' && text[i] != letters[i])
            return false;
        *flags = *flags << 1 | (text[i] != '.');
    }
    return text[6] == ',' || text[6] == ' ' || text[6] == '\0' || text[6] == '\r';
}

static void read_tcp(struct netmon_text_reader *reader, const char *statement)
{
    struct netmon_frame *frame = &reader->frame;
    struct netmon_tcp *tcp = &frame->tcp;
    const char *bits = netmon_field(statement, "Control Bits");
    const char *flags = netmon_field(statement, "Flags");
    unsigned value;

    if (read_flags(bits ? bits : statement, &value)) {
        need_frame(reader, tcp->is_present);
        tcp->is_present = true;
        tcp->flags = value;
        netmon_read_number(statement, "len", &tcp->size);
        netmon_read_number(statement, "seq", &tcp->seq);
        netmon_read_number(statement, "ack", &tcp->ack);
        netmon_read_port(statement, "src", &frame->source_port);
        netmon_read_port(statement, "dst", &frame->destination_port);
    }
    if (flags && strchr(flags, ':') &&
        read_flags(netmon_skip_space(strchr(flags, ':') + 1), &value)) {
        tcp->is_present = true;
        tcp->flags = value;
    }
    netmon_read_number(statement, "Sequence Number", &tcp->seq);
    netmon_read_number(statement, "Acknowledgement Number", &tcp->ack);
    read_udp(reader, statement);
}

/* ---- DNS ---- */

static uint16_t type_of(const char *text)
{
    static const struct {
        const char *name;
        uint16_t type;
    } names[] = {{"Mail exchange", DNS_MX}, {"Mail Xchg", DNS_MX},   {"Host Address", DNS_A},
                 {"Host Addr", DNS_A},      {"IPv6 Addr", DNS_AAAA}, {"AAAA", DNS_AAAA}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_starts_fold(text, strlen(text), names[i].name))
            return names[i].type;
    }
    return 0;
}

/* "0x5:Std Qry Resp. for example.com. of type Mail Xchg on class INET addr." */
static void read_dns_summary(struct netmon_dns *dns, const char *statement)
{
    const char *query = strstr(statement, ":Std Qry"), *name, *type;

    if (!query || strncmp(statement, "0x", 2) != 0)
        return;
    dns->is_present = true;
    dns->is_response = strncmp(query + 8, " Resp", 5) == 0;
    dns->has_id = true;
    dns->id = (uint16_t)netmon_number(statement);
    name = strstr(query, " for ");
    type = strstr(query, " of type ");
    if (!name || !type || !netmon_read_name(name + 5, dns->name))
        return;
    dns->type = type_of(type + 9);
}

static void read_section(struct netmon_dns *dns, const char *statement)
{
    if (text_starts_fold(statement, strlen(statement), "Answer Section:"))
        dns->section = NETMON_ANSWER;
    else if (text_starts_fold(statement, strlen(statement), "Authority Section:") ||
             text_starts_fold(statement, strlen(statement), "Additional Records Section:"))
        dns->section = NETMON_BEYOND;
}

static void add_record(struct netmon_text_reader *reader, const struct trace_record *record)
{
    struct netmon_dns *dns = &reader->frame.dns;

    if (dns->section == NETMON_ANSWER && dns->record_count < TRACE_RECORDS_KEPT)
        dns->records[dns->record_count++] = *record;
    else if (dns->section == NETMON_ANSWER)
        dns->is_partial = true;
}

/* An address of an exchange that the answer brings along. */
static void add_address(struct netmon_dns *dns, const struct ip_address *ip)
{
    for (size_t i = 0; i < dns->record_count; i++) {
        struct trace_record *record = &dns->records[i];

        if (record->name && record->ip.family == IP_NONE && strcmp(record->name, dns->owner) == 0)
            record->ip = *ip;
    }
}

static void read_record(struct netmon_text_reader *reader, const char *statement)
{
    struct netmon_dns *dns = &reader->frame.dns;
    struct trace_record record = {0};
    const char *preference = netmon_field(statement, "Preference");
    const char *exchange = netmon_field(statement, "Exchange Mailbox");
    const char *owner = netmon_field(statement, "Resource Name");
    char name[DNS_NAME_TEXT_SIZE];

    if (owner && netmon_read_name(owner, name))
        memcpy(dns->owner, name, sizeof name);
    if (preference)
        dns->preference = (uint16_t)netmon_number(preference);
    if (exchange && netmon_read_name(exchange, name)) {
        record.preference = dns->preference;
        record.name = arena_copy_string(&reader->memory, name);
        add_record(reader, &record);
    }
    netmon_read_address(statement, "IP address", &record.ip);
    netmon_read_address(statement, "IPv6 address", &record.ip);
    if (record.ip.family == IP_NONE)
        return;
    if (dns->section == NETMON_ANSWER)
        add_record(reader, &record);
    else
        add_address(dns, &record.ip);
}

/* RFC 1035 4.1.1, as far as the words tell one from another. */
static uint16_t rcode_of(const char *text)
{
    text += text_starts_fold(text, strlen(text), "- ") ? 2 : 0;
    if (text_starts_fold(text, strlen(text), "No error"))
        return 0;
    return text_starts_fold(text, strlen(text), "Name") ? 3 : 2;
}

static void read_dns(struct netmon_text_reader *reader, const char *statement)
{
    struct netmon_dns *dns = &reader->frame.dns;
    const char *id = netmon_field(statement, "Query Identifier"),
               *type = netmon_field(statement, "Question Type");
    const char *name = netmon_field(statement, "Question Name"),
               *rcode = strstr(statement, "RCode - ");

    need_frame(reader, false);
    read_dns_summary(dns, statement);
    read_section(dns, statement);
    if (id) {
        dns->has_id = true;
        dns->id = (uint16_t)netmon_number(id);
    }
    if (text_starts_fold(statement, strlen(statement), "DNS Flags = ")) {
        dns->is_present = true;
        dns->is_response = strncmp(statement + 12, "Response", 8) == 0;
    }
    if (name)
        (void)netmon_read_name(name, dns->name);
    if (type)
        dns->type = type_of(type);
    if (rcode)
        dns->rcode = rcode_of(rcode + 8);
    read_record(reader, statement);
}

/* ---- SMTP ---- */

/* Where breaks are lost, prose may follow: no more than the segment holds, to a word's end. */
static size_t reply_size(const struct netmon_text_reader *reader, const char *reply)
{
    size_t size = strlen(reply), held = reader->frame.tcp.size;

    if (reader->is_flowing && held > 0 && size > held)
        size = held + strcspn(reply + held, " \t");
    while (size > 0 && strchr(" \t\r", reply[size - 1]))
        size--;
    return size < TRACE_GREETING_KEPT ? size : TRACE_GREETING_KEPT;
}

static void read_smtp(struct netmon_text_reader *reader, const char *statement)
{
    struct netmon_frame *frame = &reader->frame;
    const char *response = netmon_field(statement, "Response");

    if (text_starts_fold(statement, strlen(statement), "Rsp: Service ready"))
        frame->reply_code = 220;
    if (!response || frame->reply_size > 0)
        return;
    frame->reply_size = reply_size(reader, response);
    memcpy(frame->reply, response, frame->reply_size);
    frame->reply_code = 0;
    if (frame->reply_size >= 3 && strspn(response, "0123456789") == 3 && response[3] != '-')
        frame->reply_code = (unsigned)netmon_number(response);
}

/* ---- the row of a frame in the summary ---- */

/* "12   10.234   LOCAL   00608C123456   TCP   ....S., len: ...": number and seconds. */
static void read_row(struct netmon_text_reader *reader, const char *row)
{
    size_t digits = strspn(row, "0123456789");
    const char *time = netmon_skip_space(row + digits), *tcp;
    size_t size = strspn(time, "0123456789.");

    if (digits == 0 || digits > 9 || time == row + digits || !memchr(time, '.', size) ||
        !strchr(" \t", time[size]) || netmon_seconds(time) < 0)
        return;
    begin_frame(reader);
    reader->frames = reader->frame.moment.frame = netmon_number(row);
    reader->frame.moment.time = netmon_seconds(time) > 0 ? netmon_seconds(time) : 1;
    tcp = strstr(row, " TCP ");
    reader->is_row = true;
    if (!tcp)
        return;
    reader->is_row = false;
    read_tcp(reader, netmon_skip_space(tcp + 5));
    reader->is_row = true;
}

/* ---- statements ---- */

static const struct protocol {
    const char *mark;
    void (*read)(struct netmon_text_reader *reader, const char *statement);
} protocols[] = {
    {"FRAME:", read_frame}, {"ETHERNET:", read_link}, {"IP:", read_ip},     {"UDP:", read_udp},
    {"TCP:", read_tcp},     {"DNS:", read_dns},       {"SMTP:", read_smtp}, {"ICMP:", NULL},
    {"NBT:", NULL},         {"ARP_RARP:", NULL},      {"LLC:", NULL},       {"SMB:", NULL},
};

static const struct protocol *protocol_of(const char *word, size_t size)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        if (strlen(protocols[i].mark) == size && memcmp(protocols[i].mark, word, size) == 0)
            return &protocols[i];
    }
    return NULL;
}

static void read_statement(struct netmon_text_reader *reader, const char *text)
{
    const struct protocol *protocol;
    size_t size;

    text += strspn(text, " \t+-");
    size = strcspn(text, " \t\r");
    protocol = protocol_of(text, size);
    if (protocol && protocol->read)
        protocol->read(reader, netmon_skip_space(text + size));
    else if (!protocol && text_is_digit(*text) && !reader->is_flowing)
        read_row(reader, text);
}

/* ---- pieces: lines, or statements that run on ---- */

/* A mark within a text that runs on ends the statement before it. */
static void flow(struct netmon_text_reader *reader, char character)
{
    struct buffer *text = &reader->text;

    if (character != ' ' && character != '\t') {
        if (reader->word_size < MARK_MOST)
            reader->word[reader->word_size] = character;
        reader->word_size++;
        buffer_add_char(text, character);
        return;
    }
    if (reader->word_size <= MARK_MOST && protocol_of(reader->word, reader->word_size)) {
        if (!text->truncated)
            text->text[text->size - reader->word_size] = '\0';
        read_statement(reader, text->text);
        buffer_clear(text);
        buffer_add(text, reader->word, reader->word_size);
    }
    reader->word_size = 0;
    buffer_add_char(text, character);
}

/* A line that holds more than one statement: "+ ETHERNET: ... + IP: ...". */
static bool runs_on(const char *line)
{
    for (const char *at = strstr(line + strspn(line, " \t+"), " + "); at;
         at = strstr(at + 1, " + ")) {
        if (protocol_of(at + 3, strcspn(at + 3, " \t")))
            return true;
    }
    return false;
}

static void begin_flow(struct netmon_text_reader *reader)
{
    char line[LINE_MOST + 1];
    size_t size = reader->text.size;

    memcpy(line, reader->text.text, size);
    buffer_clear(&reader->text);
    reader->is_flowing = true;
    reader->word_size = 0;
    for (size_t i = 0; i < size; i++)
        flow(reader, line[i]);
}

static void end_line(struct netmon_text_reader *reader)
{
    if (!reader->is_flowing && runs_on(reader->text.text))
        begin_flow(reader);
    if (reader->is_flowing)
        flow(reader, ' ');
    read_statement(reader, reader->text.text);
    buffer_clear(&reader->text);
    reader->is_flowing = false;
}

void netmon_text_add(struct netmon_text_reader *reader, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char character = bytes[i] ? bytes[i] : ' ';

        if (character == '\n') {
            end_line(reader);
        } else if (reader->is_flowing) {
            flow(reader, character == '\r' ? ' ' : character);
        } else {
            if (reader->text.size == LINE_MOST)
                begin_flow(reader);
            if (reader->is_flowing)
                flow(reader, character);
            else
                buffer_add_char(&reader->text, character);
        }
    }
}

void netmon_text_end(struct netmon_text_reader *reader, struct arena *arena, struct mail_trace *out)
{
    end_line(reader);
    end_frame(reader);
    netmon_mail_end(reader->mail, arena, out);
    out->is_local_time = reader->has_dates;
    buffer_release(&reader->text);
    arena_release(&reader->memory);
    free(reader);
}
