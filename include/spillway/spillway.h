// Start here: opens Spillway on its stores. README.md shows it in ten lines.
#pragma once

#include <memory>
#include <string>

#include "spillway/items.h"
#include "spillway/sessions.h"

namespace spillway {

/// Items and sessions over one pair of stores. Thread-safe; its parts live as long as it does.
class Spillway {
 public:
  static Result<std::unique_ptr<Spillway>> open(const ItemsConfig& stores,
                                                const MessageTable& messages = {});
  /// The embedded stores under `directory`, which is made if missing and locked while open.
  static Result<std::unique_ptr<Spillway>> open_directory(const std::string& directory);

  Items& items() { return *items_; }
  Sessions& sessions() { return *sessions_; }

 private:
  Spillway(std::unique_ptr<Items> items, std::unique_ptr<Sessions> sessions);
  std::unique_ptr<Items> items_;
  std::unique_ptr<Sessions> sessions_;
};

/// The embedded configuration for a data directory.
ItemsConfig embedded_config(const std::string& directory);

/// "0.1.0"
std::string_view version();

}  // namespace spillway
