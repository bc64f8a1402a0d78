// Small parts of HTTP messages.
#include "server/http.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <ctime>

namespace spillway {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

const std::string* find(const NameValues& values, std::string_view name) {
  for (const NameValue& value : values) {
    if (value.first == name) return &value.second;
  }
  return nullptr;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), now. In English whatever the locale.
std::string http_date() {
  constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> rest{};
  std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT", &utc);
  std::string date(days[utc.tm_wday]);
  date += utc.tm_mday < 10 ? ", 0" : ", ";
  date.append(std::to_string(utc.tm_mday)).append(" ").append(months[utc.tm_mon]);
  return date + rest.data();
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  }
  out += "\r\n";
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  const std::string* value = find(headers, name);
  return value ? std::string_view(*value) : std::string_view();
}

bool Request::has_header(std::string_view name) const { return find(headers, name) != nullptr; }

const std::string& Request::parameter(std::string_view name) const {
  const std::string* value = find(parameters, name);
  assert(value);
  return *value;
}

const std::string* Request::query_value(std::string_view name) const { return find(query, name); }

void Response::set(std::string name, std::string value) {
  const auto same = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return equals_ignoring_case(header.first, name);
  });
  if (same != headers.end()) {
    same->second = std::move(value);
  } else {
    headers.emplace_back(std::move(name), std::move(value));
  }
}

Response json_response(int status, std::string json) {
  Response response;
  response.status = status;
  response.set("Content-Type", "application/json");
  response.set("Cache-Control", "no-store");
  response.body = std::move(json);
  return response;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 307: return "Temporary Redirect";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

std::string serialize_head(const Response& response, bool keep_alive) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.append(reason_of(response.status)).append("\r\n");
  append_field(out, "Date", http_date());
  for (const NameValue& field : response.headers) append_field(out, field.first, field.second);
  // RFC 9110, 8.6: 204 has no Content-Length; a 304's would be that of the 200 it stands for.
  // Events end with the connection (RFC 9112, 6.3).
  if (response.status != 204 && response.status != 304 && !response.events) {
    append_field(out, "Content-Length", std::to_string(response.content_bytes()));
  }
  append_field(out, "Connection", keep_alive ? "keep-alive" : "close");
  out += "\r\n";
  return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string_view trim_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || at != end || text.empty()) return std::nullopt;
  return value;
}

}  // namespace spillway
