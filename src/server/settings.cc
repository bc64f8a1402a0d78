// The settings of the server, by name.
#include <charconv>

#include "base/utf8.h"
#include "server/http.h"
#include "server/server.h"

namespace spillway {
namespace {

using Millis = std::chrono::milliseconds;

Error bad_value(std::string_view value, std::string expected) {
  return make_error(Code::invalid_argument, "server.setting", std::string(value),
                    "expected " + std::move(expected));
}

Result<std::uint64_t> positive(std::string_view value) {
  const auto number = parse_unsigned(value);
  constexpr std::uint64_t most = 1ull << 53;
  if (!number || *number == 0 || *number > most) return bad_value(value, "a whole number above 0");
  return *number;
}

Result<Millis> millis(std::string_view value) {
  SPILLWAY_TRY(auto number, positive(value));
  return Millis(static_cast<Millis::rep>(number));
}

template <auto Member>
Result<void> set_count(ServerOptions& options, std::string_view value) {
  SPILLWAY_TRY(options.limits.*Member, positive(value));
  return ok();
}

template <auto Member>
Result<void> set_deadline(ServerOptions& options, std::string_view value) {
  SPILLWAY_TRY(options.limits.*Member, millis(value));
  return ok();
}

template <auto Member>
Result<void> set_price(ServerOptions& options, std::string_view value) {
  double price = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), price);
  const bool whole = failure == std::errc() && end == value.data() + value.size();
  if (!whole || !(price >= 0) || price > 1e9) return bad_value(value, "a price, as 0.25");
  options.prices.*Member = price;
  return ok();
}

Result<void> set_currency(ServerOptions& options, std::string_view value) {
  if (value.empty() || value.size() > 8 || !is_utf8(value)) return bad_value(value, "USD, EUR, …");
  options.prices.currency = value;
  return ok();
}

Result<void> set_sweep_interval(ServerOptions& options, std::string_view value) {
  if (value == "0") {
    options.sweep_interval = Millis(0);
    return ok();
  }
  SPILLWAY_TRY(options.sweep_interval, millis(value));
  return ok();
}

Result<void> set_sweep_retention(ServerOptions& options, std::string_view value) {
  SPILLWAY_TRY(const Millis retention, millis(value));
  options.sweep.retention_millis = retention.count();
  return ok();
}

Result<void> add_token(ServerOptions& options, std::string_view value) {
  SPILLWAY_TRY(auto tokens, parse_tokens(value));
  options.tokens.insert(options.tokens.end(), tokens.begin(), tokens.end());
  return ok();
}

using L = ServerLimits;
constexpr ServerSetting settings[] = {
    {"listen", "ADDRESS:PORT; port 0 is any free one", set_listen},
    {"tokens", "bearer tokens, one \"name:secret\" a line", add_token},
    {"workers", "threads that run requests", set_count<&L::workers>},
    {"uploads-max", "streamed uploads at once; fewer than workers", set_count<&L::uploads_max>},
    {"requests-queued-max", "requests that wait for a worker", set_count<&L::requests_queued_max>},
    {"connections-max", "connections in all", set_count<&L::connections_max>},
    {"connections-per-address-max", "connections of one address",
     set_count<&L::connections_per_address_max>},
    {"header-bytes-max", "request line and fields", set_count<&L::header_bytes_max>},
    {"json-body-bytes-max", "body of a message", set_count<&L::json_body_bytes_max>},
    {"import-body-bytes-max", "a LAS file", set_count<&L::import_body_bytes_max>},
    {"artifact-bytes-max", "a streamed artifact", set_count<&L::artifact_bytes_max>},
    {"buffered-bodies-bytes-max", "bodies in memory, of all requests",
     set_count<&L::buffered_bodies_bytes_max>},
    {"header-deadline-ms", "to send request line and fields", set_deadline<&L::header_deadline>},
    {"idle-deadline-ms", "between requests of a connection", set_deadline<&L::idle_deadline>},
    {"chunk-deadline-ms", "for every 256 KiB of a body", set_deadline<&L::chunk_deadline>},
    {"request-deadline-ms", "to answer a request", set_deadline<&L::request_deadline>},
    {"transfer-deadline-ms", "to move one artifact", set_deadline<&L::transfer_deadline>},
    {"drain-deadline-ms", "for running requests at shutdown", set_deadline<&L::drain_deadline>},
    {"sweep-interval-ms", "between sweeps; 0: none", set_sweep_interval},
    {"price-currency", "of the prices below, for the storage page", set_currency},
    {"price-dynamodb-gb-month", "DynamoDB, a GB for a month",
     set_price<&Prices::dynamodb_storage_gb_month>},
    {"price-dynamodb-write-million", "DynamoDB, a million write request units",
     set_price<&Prices::dynamodb_write_million>},
    {"price-dynamodb-read-million", "DynamoDB, a million read request units",
     set_price<&Prices::dynamodb_read_million>},
    {"price-s3-gb-month", "S3, a GB for a month", set_price<&Prices::s3_storage_gb_month>},
    {"price-s3-put-million", "S3, a million PUTs", set_price<&Prices::s3_put_million>},
    {"price-s3-get-million", "S3, a million GETs", set_price<&Prices::s3_get_million>},
    {"sweep-retention-ms", "for which superseded objects are kept", set_sweep_retention},
};

}  // namespace

std::span<const ServerSetting> server_settings() { return settings; }

Result<void> set_server_option(ServerOptions& options, std::string_view name,
                               std::string_view value) {
  for (const ServerSetting& setting : settings) {
    if (setting.name == name) return setting.set(options, value);
  }
  return make_error(Code::not_found, "server.setting", std::string(name), "no such setting");
}

Result<void> set_listen(ServerOptions& options, std::string_view listen) {
  const std::size_t colon = listen.rfind(':');
  const auto port =
      colon == std::string_view::npos ? std::nullopt : parse_unsigned(listen.substr(colon + 1));
  if (!port || *port > UINT16_MAX || colon == 0) {
    return bad_value(listen, "ADDRESS:PORT, for example 127.0.0.1:8000");
  }
  std::string_view address = listen.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  options.address = address;
  options.port = static_cast<std::uint16_t>(*port);
  return ok();
}

}  // namespace spillway
