// Fresh stores on the real servers of tests/servers/with_servers, each behind a fault proxy.
#pragma once

#include <memory>
#include <string>

#include "spillway/spillway.h"
#include "support/fault_proxy.h"

namespace spillway {

/// A bucket and a table prefix of the test's own. Connections go through proxies that pass
/// everything on until a test says otherwise. Thread-safe but for its making.
class RealStores {
 public:
  /// Why there can be none here; empty: there can.
  static std::string missing();
  /// Makes the bucket; aborts if it cannot.
  RealStores();

  FaultProxy& s3() { return *s3_; }
  FaultProxy& dynamodb() { return *dynamodb_; }
  const std::string& bucket() const { return bucket_; }

  /// Stores seen through the proxies.
  ItemsConfig config() const { return config_at(s3_->url(), dynamodb_->url()); }
  /// The same stores without anything in between.
  ItemsConfig direct_config() const;
  std::unique_ptr<Spillway> open() const { return open(config()); }
  static std::unique_ptr<Spillway> open(const ItemsConfig& config);

  /// No faults from here on.
  void calm();
  /// Every object's key, read without a proxy.
  std::vector<std::string> object_keys() const;
  void remove_object(const std::string& key) const;

 private:
  ItemsConfig config_at(const std::string& s3, const std::string& dynamodb) const;

  std::string bucket_, table_prefix_;
  std::unique_ptr<FaultProxy> s3_, dynamodb_;
};

/// The real gateway: "start", "stop", "drop BUCKET". Aborts where that fails.
void gateway(const std::string& command);

}  // namespace spillway
