/** The version of the configuration format. A document of another version is refused by name. */
export const CONFIG_API_VERSION = 'prometheus-tenancy-kit/v1alpha1';
