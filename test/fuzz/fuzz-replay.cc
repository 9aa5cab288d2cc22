/*
 * SPDX-License-Identifier: GPL-2.0-only
 *
 * Runs a fuzz target on what is kept, without libFuzzer:
 *
 *   fuzz-option CORPUS...
 *
 * for each file of the folders, and for the files, among the arguments.
 */

#include "fuzz-bytes.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

int
main(int argc, char* argv[])
{
    namespace fs = std::filesystem;
    std::vector<fs::path> names;
    for (int i = 1; i < argc; i++)
    {
        std::error_code error;
        if (fs::is_directory(argv[i], error))
        {
            const fs::recursive_directory_iterator files(argv[i]);
            std::copy_if(begin(files),
                         end(files),
                         std::back_inserter(names),
                         [](const fs::path& name) { return fs::is_regular_file(name); });
        }
        else
        {
            names.emplace_back(argv[i]);
        }
    }
    if (names.empty())
    {
        std::cerr << "fuzz-replay: there is no file to run" << std::endl;
        return 2;
    }
    std::sort(names.begin(), names.end());
    for (const auto& name : names)
    {
        std::ifstream file(name, std::ios::binary);
        if (!file)
        {
            std::cerr << "fuzz-replay: " << name << ": cannot be read" << std::endl;
            return 2;
        }
        const std::vector<uint8_t> data{std::istreambuf_iterator<char>(file), {}};
        std::cout << name.string() << std::endl; // tells which one has ended the program
        LLVMFuzzerTestOneInput(data.data(), data.size());
    }
    std::cout << names.size() << " inputs" << std::endl;
    return 0;
}
