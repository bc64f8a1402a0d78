// Table administration as DynamoDB's JSON. Pure.
// Sources: API Reference, CreateTable, TableDescription, ListTables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spillway/error.h"
#include "spillway/requests.h"

namespace spillway {

/// The body of CreateTable: billed per request, with its indexes.
std::string encode_create_table(const TableDescription& table, const std::string& full_name);
/// The body of DescribeTable and DeleteTable.
std::string encode_table_name(const std::string& full_name);
/// `after` empty: from the first.
std::string encode_list_tables(const std::string& after);

struct DescribedTable {
  TableDescription table;  ///< its name is the one DynamoDB knows
  bool active = false;     ///< it and all its global indexes
};
/// `body` of DescribeTable ("Table") or of CreateTable and DeleteTable ("TableDescription").
/// corrupt for a body that is not what DynamoDB sends.
Result<DescribedTable> decode_table(std::string_view body);

struct TableNames {
  std::vector<std::string> names;
  std::string last;  ///< empty: no more
};
Result<TableNames> decode_table_names(std::string_view body);

}  // namespace spillway
