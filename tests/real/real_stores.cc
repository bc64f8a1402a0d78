// Making stores on real servers, and breaking them for real.
#include "real/real_stores.h"

#include <cstdio>
#include <cstdlib>

#include "base/random.h"
#include "object/bucket.h"
#include "object/object_store.h"

namespace spillway {
namespace {

Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

int port_in(const std::string& url) { return std::atoi(url.substr(url.rfind(':') + 1).c_str()); }

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "real stores: %s\n", what.c_str());
  std::abort();
}

template <class T>
T need(Result<T> result) {
  if (!result) give_up(describe(result.error()));
  return std::move(result).value();
}

}  // namespace

std::string RealStores::missing() {
  if (environment("SPILLWAY_TEST_S3").empty()) return "there is no S3 server here";
  if (environment("SPILLWAY_TEST_DYNAMODB").empty()) return "there is no DynamoDB Local here";
  return "";
}

RealStores::RealStores()
    : bucket_("test-" + random_id()),
      table_prefix_("t" + random_id().substr(0, 12) + "-"),
      s3_(std::make_unique<FaultProxy>(port_in(environment("SPILLWAY_TEST_S3")))),
      dynamodb_(std::make_unique<FaultProxy>(port_in(environment("SPILLWAY_TEST_DYNAMODB")))) {
  const auto made = need(Bucket::open(direct_config().objects_url))->create(soon());
  if (!made) give_up(describe(made.error()));
}

ItemsConfig RealStores::config_at(const std::string& s3, const std::string& dynamodb) const {
  ItemsConfig config;
  config.items_url = "dynamodb://us-east-1?endpoint=" + dynamodb + "&prefix=" + table_prefix_;
  config.objects_url = "s3://" + bucket_ + "/data?endpoint=" + s3 + "&region=us-east-1&style=path";
  return config;
}

ItemsConfig RealStores::direct_config() const {
  return config_at(environment("SPILLWAY_TEST_S3"), environment("SPILLWAY_TEST_DYNAMODB"));
}

std::unique_ptr<Spillway> RealStores::open(const ItemsConfig& config) {
  return need(Spillway::open(config));
}

void RealStores::calm() {
  for (FaultProxy* proxy : {s3_.get(), dynamodb_.get()}) {
    proxy->rules().clear();
    proxy->set_latency({});
  }
}

std::vector<std::string> RealStores::object_keys() const {
  const auto store = need(open_object_store(direct_config().objects_url));
  std::vector<std::string> keys;
  std::string after;
  do {
    const ObjectList page = need(store->list("", after, soon()));
    for (const ObjectInfo& object : page.objects) keys.push_back(object.key);
    after = page.next;
  } while (!after.empty());
  return keys;
}

void RealStores::remove_object(const std::string& key) const {
  const auto store = need(open_object_store(direct_config().objects_url));
  const auto removed = spillway::remove_object(*store, key, soon());
  if (!removed) give_up(describe(removed.error()));
}

void gateway(const std::string& command) {
  const std::string line = environment("SPILLWAY_TEST_RGW") + " " + command;
  if (std::system(line.c_str()) != 0) give_up(line);
}

}  // namespace spillway
